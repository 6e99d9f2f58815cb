"""Reading what senders post: our own shape, the older one, and CloudEvents 1.0, single or in an array.

Pure: bytes and headers in, drafts of events out, or InvalidEvent naming every wrong place and its mend.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import orjson

from engine.errors import InvalidEvent
from engine.events.catalogue import Catalogue
from engine.model import SCHEDULED, Json

MAX_EVENTS = 1_000
MAX_DEPTH = 32
MAX_FIELDS = 10_000
MAX_ID_LENGTH = 200

_MISSING = object()
_CLOUD_EVENTS = "application/cloudevents"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """What the sender said. `id` and `occurred_at` are None where the sender left them to us."""

    type: str
    data: Mapping[str, Json]
    id: str | None
    occurred_at: datetime | None


def read_events(
    body: bytes, headers: Mapping[str, str], catalogue: Catalogue, max_event_bytes: int
) -> tuple[EventDraft, ...]:
    """`headers` have names in lower case. Raises InvalidEvent; with one wrong event the whole array is refused."""
    document = _loads(body)
    if "ce-specversion" in headers and not headers.get("content-type", "").startswith(_CLOUD_EVENTS):
        return (_read_one(_from_binary(headers, document), "", catalogue, max_event_bytes),)
    if not isinstance(document, list):
        return (_read_one(document, "", catalogue, max_event_bytes),)
    return _read_many(cast("list[Json]", document), catalogue, max_event_bytes)


def _read_many(documents: list[Json], catalogue: Catalogue, max_event_bytes: int) -> tuple[EventDraft, ...]:
    if not 1 <= len(documents) <= MAX_EVENTS:
        raise InvalidEvent({"body": f"An array holds 1 to {MAX_EVENTS} events; this one has {len(documents)}."})
    drafts: list[EventDraft] = []
    problems: dict[str, str] = {}
    for index, document in enumerate(documents):
        try:
            drafts.append(_read_one(document, f"[{index}]", catalogue, max_event_bytes))
        except InvalidEvent as error:
            problems.update(error.problems)
    if problems:
        raise InvalidEvent(problems)
    return tuple(drafts)


def _read_one(document: Json, place: str, catalogue: Catalogue, max_event_bytes: int) -> EventDraft:
    if not isinstance(document, dict):
        raise InvalidEvent({place or "body": f"An event is a JSON object; this is {_kind(document)}."})
    fields = _plain(cast("dict[str, Json]", document))
    problems: dict[str, str] = {}
    type_name = _read_type(fields.get("type", _MISSING), catalogue, problems)
    data = _read_data(fields.get("data", _MISSING), max_event_bytes, problems)
    event_id = _read_id(fields.get("id"), fields.get("source"), problems)
    occurred_at = _read_time(fields.get("occurred_at"), problems)
    if problems:
        raise InvalidEvent({f"{place}.{name}".lstrip("."): message for name, message in problems.items()})
    return EventDraft(type=type_name, data=data, id=event_id, occurred_at=occurred_at)


def _plain(document: dict[str, Json]) -> Mapping[str, Json]:
    """The three shapes under the names of ours; only a CloudEvent keeps its `source`."""
    if "specversion" in document:
        return {**document, "occurred_at": document.get("time")}
    renamed = {"occurred_at": document.get("occurred_at", document.get("timestamp"))}
    if "type" not in document and "event" in document:
        renamed["type"] = document["event"]
    return {**document, **renamed, "source": None}


def _from_binary(headers: Mapping[str, str], data: Json) -> dict[str, Json]:
    attributes = {name.removeprefix("ce-"): value for name, value in headers.items() if name.startswith("ce-")}
    return {**attributes, "data": data}


def _loads(body: bytes) -> Json:
    if not body.strip():
        raise InvalidEvent({"body": 'The body is empty. Send JSON such as {"type": "call.ended", "data": {}}.'})
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        message = f"This is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        raise InvalidEvent({"body": message}) from None
    if b"\\u0000" in body and _holds_nul(document):
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


def _read_data(value: Json, max_event_bytes: int, problems: dict[str, str]) -> dict[str, Json]:
    if value is _MISSING:
        problems["data"] = "Missing. Give the event's fields as an object; it may be empty."
    elif not isinstance(value, dict):
        problems["data"] = f"The data is an object, not {_kind(value)}."
    elif problem := shape_problem(value):
        problems["data"] = problem
    elif len(orjson.dumps(value)) > max_event_bytes:
        problems["data"] = f"Too large: an event's data holds at most {max_event_bytes} bytes."
    else:
        return cast("dict[str, Json]", value)
    return {}


def _read_id(value: Json, source: Json, problems: dict[str, str]) -> str | None:
    """A CloudEvent is identified by its source and its id together."""
    if value is None:
        return None
    text = f"{source}|{value}" if isinstance(source, str) else value
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_ID_LENGTH or not text.isprintable():
        problems["id"] = f"An id is text of 1 to {MAX_ID_LENGTH} printable characters; leave it out to have one made."
        return None
    return text


def _read_time(value: Json, problems: dict[str, str]) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    problems["occurred_at"] = 'A time is RFC 3339 text with its zone, such as "2025-09-09T14:27:00Z".'
    return None


def shape_problem(value: Json) -> str | None:
    """What is wrong with the shape of a document, whatever it says."""
    if _depth_exceeds(value, MAX_DEPTH):
        return f"Nested too deeply: at most {MAX_DEPTH} levels of objects and lists."
    if _fields(value) > MAX_FIELDS:
        return f"Too many fields: at most {MAX_FIELDS:,} in all."
    return None


def _fields(value: Json) -> int:
    """Of all objects together."""
    count, waiting = 0, [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            members = cast("dict[str, Json]", value)
            count += len(members)
            waiting += members.values()
        elif isinstance(value, list):
            waiting += cast("list[Json]", value)
    return count


def _depth_exceeds(value: Json, limit: int) -> bool:
    if isinstance(value, dict):
        members = cast("dict[str, Json]", value).values()
    elif isinstance(value, list):
        members = cast("list[Json]", value)
    else:
        return False
    return limit == 0 or any(_depth_exceeds(member, limit - 1) for member in members)


def _holds_nul(value: Json) -> bool:
    """Called for bodies that spell NUL alone; JSON that orjson reads is at most 1,024 levels deep, fewer than here."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            members = cast("dict[str, Json]", value)
            waiting += [*members, *members.values()]
        elif isinstance(value, list):
            waiting += cast("list[Json]", value)
    return False


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names[type(value)]
