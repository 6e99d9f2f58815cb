"""A mapping whose expressions are compiled, and what is wrong with the others. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.events.catalogue import Catalogue
from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.model.sources import SourceMapping

MOST_FIELDS: Final = 100
MOST_TYPES: Final = 200
LONGEST_NAME: Final = 100
RAW: Final = "raw"
"""The field with all that the sender said."""

_NOTHING: Final = compile_condition("null")
_PARTS: Final = ("each", "type", "id", "occurred_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledMapping:
    """`owner` begins the ids of its events, such as `source-3`; None stands for a part that is left empty."""

    owner: str
    each: Condition | None
    type: Condition
    types: Mapping[str, str]
    id: Condition | None
    occurred_at: Condition | None
    fields: Mapping[str, Condition]

    @property
    def conditions(self) -> Iterator[Condition]:
        yield self.type
        yield from (one for one in (self.each, self.id, self.occurred_at) if one)
        yield from self.fields.values()


def compiled(mapping: SourceMapping, owner: str) -> tuple[CompiledMapping, dict[str, str]]:
    """The mapping, and problems by place, such as `fields.sentiment`; what cannot be compiled gives nothing."""
    problems: dict[str, str] = {}

    def expression(place: str, text: str) -> Condition:
        try:
            return compile_condition(text)
        except ConditionError as error:
            problems[place] = str(error)
            return _NOTHING

    each, type, id, occurred_at = (
        expression(place, text) if (text := getattr(mapping, place)).strip() else None for place in _PARTS
    )
    fields = {
        name: expression(f"fields.{name}", text) if text.strip() else _NOTHING for name, text in mapping.fields.items()
    }
    made = CompiledMapping(
        owner=owner,
        each=each,
        type=type or _NOTHING,
        types=mapping.types,
        id=id,
        occurred_at=occurred_at,
        fields=fields,
    )
    return made, problems


def mapping_problems(mapping: SourceMapping, catalogue: Catalogue) -> dict[str, str]:
    """By place; none for a mapping that may be saved."""
    _, problems = compiled(mapping, "")
    if not mapping.type.strip():
        problems["type"] = 'Say where the type is, such as event or data["event_type"]; or one type, as "call.ended".'
    if len(mapping.fields) > MOST_FIELDS:
        problems["fields"] = f"An event has at most {MOST_FIELDS} mapped fields."
    if len(mapping.types) > MOST_TYPES:
        problems["types"] = f"At most {MOST_TYPES} names can be translated."
    for name, text in mapping.fields.items():
        if problem := _name_problem(name) or ("" if text.strip() else "Say what it is, or remove the field."):
            problems[f"fields.{name[:LONGEST_NAME]}"] = problem
    for theirs, ours in mapping.types.items():
        if not catalogue.may_send(ours):
            problems[f"types.{theirs[:LONGEST_NAME]}"] = catalogue.unknown(ours)
    return problems


def _name_problem(name: str) -> str | None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        return f"A field has a name of 1 to {LONGEST_NAME} printable characters."
    return "All that the sender said is there already, as raw." if name == RAW else None
