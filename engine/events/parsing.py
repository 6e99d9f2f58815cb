"""Parses what senders post: our own format, the older one, and CloudEvents 1.0, single or as an array.

Pure: bytes and headers in, event drafts out, or InvalidEvent with every problem and its fix.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import orjson

from engine.errors import InvalidEvent
from engine.events.bounds import MAX_DEPTH, Bounds, parsing_problem, shape_problem
from engine.events.catalogue import Catalogue
from engine.events.cloud_events import attributes_of, data_of, from_headers, is_batch, is_binary
from engine.events.draft import EventDraft, id_problem
from engine.events.json_text import InvalidJson, contains_nul, read_json
from engine.events.request_ids import identified
from engine.events.times import read_epoch, read_time
from engine.model import SCHEDULED, Json

MAX_EVENTS = 1_000

_MISSING = object()
_SHORTEST_FIELD = len('"":0')
_LARGER_REWRITTEN = 5
"""The most by which JSON grows when serialized again: `1e15,` becomes `1000000000000000.0,`."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Events must fit `catalogue` and `bounds`; `small`: a body this short cannot exceed the bounds."""

    catalogue: Catalogue
    bounds: Bounds
    small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """The three formats under our field names. `time_name` is the sender's name for the time."""

    type: Json
    data: Json
    id: Json
    source: Json
    time: Json
    time_name: str
    read_time: Callable[[Json], datetime | None]
    attributes: Mapping[str, Json]


def read_events(
    body: bytes, headers: Mapping[str, str], catalogue: Catalogue, bounds: Bounds
) -> tuple[EventDraft, ...]:
    """`headers` have lower-case names. Raises InvalidEvent; one invalid event fails the whole array.

    Returns nothing for an empty CloudEvents batch.
    """
    if problem := parsing_problem(body, bounds.fields):
        raise InvalidEvent(problem)
    reader = _Reader(catalogue, bounds, _is_small(body, bounds))
    if is_binary(headers):
        document: Json = from_headers(headers, _loads(body) if body.strip() else None)
    else:
        document = _loads(body)
    many = isinstance(document, list)
    if many and not document and is_batch(headers):
        return ()
    drafts = _read_many(cast("list[Json]", document), reader) if many else (_read_one(document, "", reader),)
    return identified(drafts, headers, many=many)


def _is_small(body: bytes, bounds: Bounds) -> bool:
    return (
        len(body) * _LARGER_REWRITTEN <= bounds.bytes
        and len(body) <= bounds.fields * _SHORTEST_FIELD
        and body.count(b"{") + body.count(b"[") <= MAX_DEPTH
    )


def _read_many(documents: list[Json], reader: _Reader) -> tuple[EventDraft, ...]:
    if not 1 <= len(documents) <= MAX_EVENTS:
        raise InvalidEvent({"body": f"An array holds 1 to {MAX_EVENTS} events; this one has {len(documents)}."})
    drafts: list[EventDraft] = []
    problems: dict[str, str] = {}
    for index, document in enumerate(documents):
        try:
            drafts.append(_read_one(document, f"[{index}]", reader))
        except InvalidEvent as error:
            problems.update(error.problems)
    if problems:
        raise InvalidEvent(problems)
    return tuple(drafts)


def _read_one(document: Json, place: str, reader: _Reader) -> EventDraft:
    if not isinstance(document, dict):
        raise InvalidEvent({place or "body": f"An event is a JSON object; this is {_kind(document)}."})
    problems: dict[str, str] = {}
    if "data_base64" in document:  # the decoded data is not visible in the body
        reader = replace(reader, small=False)
    fields = _fields_of(cast("dict[str, Json]", document), problems)
    type_name = _read_type(fields.type, reader.catalogue, problems)
    data = _read_data(fields.data, reader, problems)
    event_id = _read_id(fields.id, fields.source, problems)
    occurred_at = _read_time(fields, problems)
    if problems:
        raise InvalidEvent({f"{place}.{name}".lstrip("."): message for name, message in problems.items()})
    return EventDraft(type=type_name, data=data, id=event_id, occurred_at=occurred_at, attributes=fields.attributes)


def _fields_of(document: dict[str, Json], problems: dict[str, str]) -> _Fields:
    if "specversion" in document:
        return _Fields(
            type=document.get("type", _MISSING),
            data=data_of(document, problems),
            id=document.get("id"),
            source=document.get("source"),
            time=document.get("time"),
            time_name="time",
            read_time=read_time,
            attributes=attributes_of(document, problems),
        )
    older = "occurred_at" not in document
    return _Fields(
        type=document.get("type", document.get("event", _MISSING)),
        data=document.get("data", _MISSING),
        id=document.get("id"),
        source=None,
        time=document.get("timestamp") if older else document["occurred_at"],
        time_name="timestamp" if older else "occurred_at",
        read_time=_read_older_time if older else read_time,
        attributes={},
    )


def _read_older_time(value: Json) -> datetime | None:
    return read_time(value) or read_epoch(value)


def _loads(body: bytes) -> Json:
    if not body.strip():
        raise InvalidEvent({"body": 'The body is empty. Send JSON such as {"type": "call.ended", "data": {}}.'})
    try:
        document = read_json(body)
    except InvalidJson as error:
        raise InvalidEvent({error.place or "body": error.message}) from None
    if contains_nul(body, document):
        raise InvalidEvent({"body": "Text may not hold the character NUL (\\u0000); leave it out."})
    return document


def _read_type(value: Json, catalogue: Catalogue, problems: dict[str, str]) -> str:
    if value is _MISSING:
        problems["type"] = 'Missing. Name the event type, such as "call.ended".'
    elif not isinstance(value, str):
        problems["type"] = f'The event type is text such as "call.ended", not {_kind(value)}.'
    elif value == SCHEDULED:
        problems["type"] = f"{SCHEDULED} is made by the clock alone, for hooks on a schedule."
    elif value not in catalogue.by_name:
        near = catalogue.nearest(value)
        hint = f" Did you mean {' or '.join(near)}?" if near else " GET /api/v1/event-types lists them."
        problems["type"] = f'No event type is called "{value[:100]}".{hint}'
    else:
        return value
    return ""


def _read_data(value: Json, reader: _Reader, problems: dict[str, str]) -> dict[str, Json]:
    if value is _MISSING:
        problems["data"] = "Missing. Give the event's fields as an object; it may be empty."
    elif not isinstance(value, dict):
        problems["data"] = f"The data is an object, not {_kind(value)}."
    elif not reader.small and (problem := _size_problem(value, reader.bounds)):
        problems["data"] = problem
    else:
        return cast("dict[str, Json]", value)
    return {}


def _size_problem(data: Json, bounds: Bounds) -> str | None:
    if problem := shape_problem(data, bounds.fields):
        return problem
    if len(orjson.dumps(data)) > bounds.bytes:
        return f"Too large: an event's data holds at most {bounds.bytes} bytes."
    return None


def _read_id(value: Json, source: Json, problems: dict[str, str]) -> str | None:
    """A CloudEvent is identified by its source and id together."""
    if value is None:
        return None
    text = f"{source}|{value}" if isinstance(source, str) else value
    if problem := id_problem(text):
        problems["id"] = problem
        return None
    return cast("str", text)


def _read_time(fields: _Fields, problems: dict[str, str]) -> datetime | None:
    if fields.time is None:
        return None
    moment = fields.read_time(fields.time)
    if moment is None:
        problems[fields.time_name] = 'A time is RFC 3339 text with its zone, such as "2025-09-09T14:27:00Z".'
    return moment


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names[type(value)]
