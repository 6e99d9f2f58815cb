"""Bodies as documents, and documents as drafts: whole, within bounds, with an id that a repeat has too. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, cast

from engine.events.bounds import MAX_DEPTH, Bounds, parsing_problem
from engine.events.draft import MAX_ID_LENGTH, EventDraft, id_problem
from engine.events.json_text import InvalidJson, read_foreign_json
from engine.events.sources.platform import Incoming, Reading
from engine.model import Json

NO_JSON: Final = "a body that cannot be read as JSON"
_KEPT_DEPTH: Final = MAX_DEPTH - 2
"""Below the data and `raw`; what is deeper is left out, as an event may not be so deep."""
_MOST_NAMED: Final = 80


def document_of(incoming: Incoming) -> Json:
    """The JSON of a body without word lists and NUL; None if it is none, or would take too long to parse."""
    if parsing_problem(incoming.body, Bounds().fields):
        return None
    try:
        return _kept(read_foreign_json(incoming.body), 0)
    except InvalidJson:
        return None


def fields_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """A form as an object; the last value of a name counts."""
    return {name.replace("\0", ""): value.replace("\0", "") for name, value in pairs}


def draft(
    type: str,
    of: Incoming,
    *,
    id: Sequence[Json],
    fields: Mapping[str, Json],
    raw: Json,
    occurred_at: datetime | None = None,
    place: int = 0,
) -> EventDraft:
    """`id`: the platform, and what makes the message the same when it comes again; without one of these, its bytes and
    its `place` among those of the request."""
    known = {name: value for name, value in fields.items() if value is not None}
    return EventDraft(
        type=type,
        data={**known, "raw": raw},
        id=_id([*id, type] if all(part not in (None, "") for part in id) else [id[0], _digest(of), place, type]),
        occurred_at=occurred_at,
    )


def ignoring(*what: Json) -> Reading:
    return Reading(ignored=tuple(named(one) for one in what))


def named(what: Json) -> str:
    """The name of a message that becomes no event, as text of bounded length."""
    words = what if isinstance(what, str) and what.strip() else "a message without a type"
    return "".join(one if one.isprintable() else " " for one in words[:_MOST_NAMED])


def joined(readings: Iterable[Reading]) -> Reading:
    read = tuple(readings)
    return Reading(
        drafts=tuple(one for reading in read for one in reading.drafts),
        ignored=tuple(one for reading in read for one in reading.ignored),
    )


def _id(parts: Sequence[Json]) -> str:
    whole = ":".join(str(part) for part in parts)
    return f"{parts[0]}:{sha256(whole.encode()).hexdigest()}" if id_problem(whole[: MAX_ID_LENGTH + 1]) else whole


def _digest(of: Incoming) -> str:
    return sha256(of.body or of.url.encode(errors="replace")).hexdigest()


def _kept(value: Json, depth: int) -> Json:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        members = cast("dict[str, Json]", value).items() if depth < _KEPT_DEPTH else ()
        return {name.replace("\0", ""): _kept(one, depth + 1) for name, one in members if not _is_words(name, one)}
    if isinstance(value, list):
        return [_kept(one, depth + 1) for one in cast("list[Json]", value)] if depth < _KEPT_DEPTH else []
    return value


def _is_words(name: str, value: Json) -> bool:
    """Lists of every word with its times, and recordings in base64: large, and read by no condition."""
    return (name == "words" and isinstance(value, list)) or name == "full_audio"
