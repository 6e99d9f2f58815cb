"""Reads event types that a team adds, and puts them into the catalogue. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from engine.errors import InvalidEventType
from engine.events.bounds import shape_problem
from engine.events.catalogue import Catalogue, EventType, Field
from engine.hooks.definition import messages_by_field
from engine.model import Json
from engine.model.event_types import OwnField, OwnType, OwnTypeSettings
from engine.model.text.names import name_problem

MOST_FIELDS: Final = 100
LONGEST_NAME: Final = 100
LONGEST_LABEL: Final = 60
LONGEST_MEANING: Final = 300
LARGEST_SAMPLE: Final = 16_384
RESERVED: Final = ("schedule.", "test.")

_SETTINGS: Final = TypeAdapter(OwnTypeSettings)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+", re.ASCII)
_KINDS: Final[Mapping[Any, str]] = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
_SAMPLES: Final[Mapping[str, Json]] = {"string": "text", "number": 1.5, "integer": 1, "boolean": True, "array": []}


def read_own_type(raw: Mapping[str, Any]) -> OwnTypeSettings:
    """Fields that only the sample has are added with its types; a sample is made of the fields where there is none.

    Raises InvalidEventType.
    """
    try:
        settings = _SETTINGS.validate_python(dict(raw))
    except ValidationError as error:
        raise InvalidEventType(messages_by_field(error)) from None
    if problems := dict(_problems(settings)):
        raise InvalidEventType(problems)
    fields = {**settings.fields, **_fields_of(settings)}
    sample = settings.sample or {name: _SAMPLES[field.type] for name, field in fields.items()}
    return OwnTypeSettings(
        label=settings.label, group=settings.group, meaning=settings.meaning, fields=fields, sample=sample
    )


def write_own_type(settings: OwnTypeSettings) -> dict[str, Json]:
    """In the API's shape."""
    return _SETTINGS.dump_python(settings, mode="json")


def name_of(value: object, catalogue: Catalogue) -> str:
    """A new type's name, which may not be one that is there. Raises InvalidEventType."""
    name = value.strip() if isinstance(value, str) else ""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        words = f"A type has a dotted name in lower case, such as invoice.paid, of up to {LONGEST_NAME} characters."
        raise InvalidEventType({"type": words})
    if name in catalogue.by_name:
        raise InvalidEventType({"type": f"{name} is there already; it cannot be replaced."})
    if name.startswith(RESERVED):
        raise InvalidEventType({"type": f"Names that begin with {' or '.join(RESERVED)} are ours."})
    return name


def event_types_of(own: Iterable[OwnType]) -> tuple[EventType, ...]:
    """As the catalogue has its own."""
    return tuple(
        EventType(
            type=one.type,
            label=one.settings.label,
            other_labels=(),
            group=one.settings.group,
            meaning=one.settings.meaning,
            fields={name: Field(type=of.type, meaning=of.meaning) for name, of in one.settings.fields.items()},
            sample=one.settings.sample,
            aliases={},
        )
        for one in own
    )


def _problems(settings: OwnTypeSettings) -> Iterator[tuple[str, str]]:
    for place, text in (("label", settings.label), ("group", settings.group)):
        if not 1 <= len(text) <= LONGEST_LABEL:
            yield place, f"This has 1 to {LONGEST_LABEL} characters."
        elif problem := name_problem(text, place):
            yield place, problem
    if len(settings.meaning) > LONGEST_MEANING:
        yield "meaning", f"This has at most {LONGEST_MEANING} characters."
    if len({*settings.fields, *settings.sample}) > MOST_FIELDS:
        yield "fields", f"A type has at most {MOST_FIELDS} fields."
    for name, of in settings.fields.items():
        if not (name.isprintable() and 1 <= len(name) <= LONGEST_NAME) or len(of.meaning) > LONGEST_MEANING:
            yield f"fields.{name[:LONGEST_NAME]}", f"A field has a printable name of 1 to {LONGEST_NAME} characters."
    yield from _sample_problems(settings)


def _sample_problems(settings: OwnTypeSettings) -> Iterator[tuple[str, str]]:
    if shape_problem(dict(settings.sample), LARGEST_SAMPLE) or len(orjson.dumps(settings.sample)) > LARGEST_SAMPLE:
        yield "sample", f"A sample has at most {LARGEST_SAMPLE:,} bytes."
        return
    for name, value in settings.sample.items():
        wanted = settings.fields.get(name)
        if wanted and value is not None and not _fits(value, wanted.type):
            yield f"sample.{name}", f"The field is of the type {wanted.type}, and this is not."


def _fields_of(settings: OwnTypeSettings) -> dict[str, OwnField]:
    """Of what only the sample has; objects and null have no type of a field."""
    known = {name: _KINDS.get(type(value)) for name, value in settings.sample.items() if name not in settings.fields}
    return {name: OwnField(type=cast("Any", kind)) for name, kind in known.items() if kind}


def _fits(value: Json, type_name: str) -> bool:
    kind = _KINDS.get(type(value))
    return kind == type_name or (type_name == "number" and kind == "integer")
