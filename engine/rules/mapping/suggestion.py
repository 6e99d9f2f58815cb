"""A mapping suggested by the names in a request: where the type is, and which field is which. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from engine.events.catalogue import Catalogue, EventType
from engine.events.sources.fields import at, entries, members, text
from engine.events.sources.platform import Incoming
from engine.expressions.reaching import spelled
from engine.model import Json
from engine.model.sources import SourceMapping
from engine.rules.mapping.reading import content_of
from engine.rules.mapping.trial import leaves_of, written

MOST_LEAVES: Final = 500
ALIKE: Final = 0.86

_TYPES: Final = ("type", "event_type", "event", "event_name", "trigger_event", "topic", "action", "kind", "status")
_IDS: Final = ("event_id", "id", "uuid", "message_id", "delivery_id", "request_id")
_TIMES: Final = ("occurred_at", "timestamp", "time", "created_at", "event_time", "date", "sent_at")
_LISTS: Final = ("events", "items", "records", "messages", "data", "entries")
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "call_duration": ("duration", "duration_seconds", "duration_sec", "duration_secs", "call_length", "talk_time"),
    "phone_number": ("phone", "mobile", "customer_number", "customer_phone", "caller_number", "msisdn"),
    "from_number": ("from", "caller", "caller_id"),
    "to_number": ("to", "called", "callee", "recipient"),
    "first_name": ("given_name", "firstname", "fname"),
    "last_name": ("family_name", "lastname", "surname", "lname"),
    "email": ("email_address", "mail", "customer_email"),
    "sentiment": ("user_sentiment", "customer_sentiment", "mood"),
    "summary": ("call_summary", "transcript_summary"),
    "recording_url": ("recording", "recording_link", "audio_url"),
    "call_status": ("status", "call_result", "result"),
    "call_cost": ("cost", "price", "total_cost"),
    "lead_id": ("leadid", "lead"),
    "contact_id": ("contactid", "customer_id", "person_id"),
    "lead_score": ("score",),
    "body": ("text", "message", "content"),
    "disconnection_reason": ("end_reason", "ended_reason", "hangup_cause", "hangup_reason"),
    "country": ("country_code",),
    "timezone": ("time_zone", "tz"),
}
_UNITS: Final = (("_ms", "{} / 1000"), ("_millis", "{} / 1000"), ("_minutes", "{} * 60"))
_BORDER: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def suggested(incoming: Incoming, catalogue: Catalogue) -> SourceMapping:
    """From the first event of a request; without any field where its body has none."""
    each, document = _first(content_of(incoming))
    leaves = {keys: "_".join(_words(keys[-1])) for keys in list(leaves_of(document))[:MOST_LEAVES]}
    type, types, known = _type(document, leaves, catalogue)
    is_cloud_event = "specversion" in document
    return SourceMapping(
        type=type,
        types=types,
        each=each,
        id="" if is_cloud_event else _place(_IDS, leaves, deepest=2),
        occurred_at="" if is_cloud_event else _place(_TIMES, leaves, deepest=2),
        fields=_fields(known, leaves),
    )


def _first(content: Json) -> tuple[str, Mapping[str, Json]]:
    """Where the events are listed, if they are in a list of the body, and the first of them."""
    if isinstance(content, list):
        return "", members(next(iter(entries(content)), None))
    document = members(content)
    listed = next((name for name in _LISTS if members(at(document, f"{name}.0"))), None)
    return (spelled((listed,)), members(at(document, f"{listed}.0"))) if listed else ("", document)


def _type(
    document: Mapping[str, Json], leaves: Mapping[tuple[str, ...], str], catalogue: Catalogue
) -> tuple[str, dict[str, str], EventType]:
    """Where the sender's name for the event is, what that means, and the type whose fields are to be found."""
    for name in _TYPES:
        for keys in _named((name,), leaves, deepest=2):
            said = text(_at(document, keys))
            near = catalogue.nearest(".".join(_words(said))) if said else ()
            if said and near:
                own = catalogue.may_send(said)
                return written(keys, leaves), {} if own else {said: near[0]}, catalogue.get(said if own else near[0])
    by_fields = max(catalogue.types, key=lambda known: len(_fields(known, leaves)))
    return f'"{by_fields.type}"' if _fields(by_fields, leaves) else "", {}, by_fields


def _fields(known: EventType, leaves: Mapping[tuple[str, ...], str]) -> dict[str, str]:
    """The catalogue's fields that have a value of the same name, of one that means the same, or of one much alike."""
    found = {name: _expression(name, known, leaves) for name in known.fields}
    return {name: expression for name, expression in found.items() if expression}


def _expression(name: str, known: EventType, leaves: Mapping[tuple[str, ...], str]) -> str:
    aliases = [alias for alias, means in known.aliases.items() if means == name]
    meant = (name, *aliases, *_OTHERS.get(name, ()))
    if found := _place(meant, leaves):
        return found
    for ending, conversion in _UNITS:
        if known.fields[name].unit == "s" and (found := _place([f"{one}{ending}" for one in meant], leaves)):
            return conversion.format(found)
    near = difflib.get_close_matches(name, set(leaves.values()), n=1, cutoff=ALIKE)
    return _place(near, leaves)


def _place(names: Sequence[str], leaves: Mapping[tuple[str, ...], str], deepest: int = 99) -> str:
    """How to reach the first of the names, nearest to the top; empty if none is there."""
    for name in names:
        for keys in _named((name,), leaves, deepest):
            return written(keys, leaves)
    return ""


def _named(names: Iterable[str], leaves: Mapping[tuple[str, ...], str], deepest: int) -> list[tuple[str, ...]]:
    wanted = set(names)
    return sorted((keys for keys, name in leaves.items() if name in wanted and len(keys) <= deepest), key=len)


def _at(document: Json, keys: Sequence[str]) -> Json:
    for key in keys:
        document = members(document).get(key)
    return document


def _words(name: str | None) -> list[str]:
    """`callDuration`, `call-duration` and `Call Duration` as `call`, `duration`."""
    return [word.lower() for word in _BORDER.split(name or "") if word]
