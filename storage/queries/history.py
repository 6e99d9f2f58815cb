"""Stored events: pages of them, and the index of their text.

The index holds every value of an event's data, its attributes and its id, without the names of the fields. It is
filled a little after the events, and brought up to date before a search.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import column, table, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import Event, Page, Role
from engine.ports import EventQuery, Recorded
from storage.queries.executions import first_seq, seq_of
from storage.rows import attributes_of, event_of, recorded_of
from storage.tables import EventRow

SHORTEST_PREFIX = 3
_PHONE = re.compile(r"(?:[+(]*[0-9][-+(). /]*){7,}")

_ROLES = {role.value: role for role in Role}
_LATEST = (
    select_columns(
        col(EventRow.seq),
        col(EventRow.id),
        col(EventRow.role),
        col(EventRow.occurred_at),
        col(EventRow.received_at),
        col(EventRow.data),
        col(EventRow.revision),
        col(EventRow.decided_at),
        col(EventRow.attributes),
    )
    .where(col(EventRow.test).is_(False))
    .order_by(col(EventRow.seq).desc())
)
TEXT = table("event_text", column("rowid"))
_WORDS = """
    'zz' || replace(replace(type, '.', ''), '_', '') || ' ' || id || ' ' ||
    coalesce((SELECT group_concat(atom, ' ') FROM json_tree(event.data)), '') || ' ' ||
    coalesce((SELECT group_concat(atom, ' ') FROM json_tree(event.attributes)), '')
"""
"""The type is a word of its own kind, so that a search within one type meets no other."""
_INDEX_MORE = text(f"""
    INSERT INTO event_text (rowid, text) SELECT seq, {_WORDS} FROM event WHERE seq > :last ORDER BY seq LIMIT :most
""")  # noqa: S608 (our own words)
_LAST_INDEXED = text("SELECT coalesce(max(id), 0) FROM event_text_docsize")
FORGET_TEXT = text(f"""
    INSERT INTO event_text (event_text, rowid, text) SELECT 'delete', seq, {_WORDS}
    FROM event WHERE seq = :seq AND seq <= (SELECT coalesce(max(id), 0) FROM event_text_docsize)
""")  # noqa: S608 (our own words)
"""The index does not keep the text: to forget it, it is told again what it was."""


MATCHES = text("event_text MATCH :words")


def page(session: Session, query: EventQuery) -> Page[Recorded]:
    """Newest first, by keyset. Raises InvalidQuery."""
    words = query.text.split()
    found = _by_text(session, query, words) if words else _plainly(session, query)
    kept = found[: query.limit]
    return Page(items=tuple(kept), next=str(kept[-1].seq) if len(found) > query.limit else None)


def one(session: Session, event_id: str) -> Recorded:
    """Raises NotFound."""
    row = session.exec(select(EventRow).where(EventRow.id == event_id)).first()
    if row is None:
        raise NotFound("event", event_id)
    return recorded_of(row)


def by_id(session: Session, ids: Sequence[str]) -> dict[str, Event]:
    return {row.id: event_of(row) for row in session.exec(select(EventRow).where(col(EventRow.id).in_(ids)))}


def latest(session: Session, type: str, before: int | None, limit: int) -> list[Recorded]:
    """Plain columns: a back-test reads many thousands."""
    statement = _LATEST.where(col(EventRow.type) == type).limit(limit)
    if before is not None:
        statement = statement.where(col(EventRow.seq) < before)
    rows = cast("Any", session.connection().execute(statement))
    return [_recorded(type, *row) for row in rows]


def index_text(session: Session, limit: int) -> int:
    connection = session.connection()
    last = connection.execute(_LAST_INDEXED).scalar_one()
    return connection.execute(_INDEX_MORE, {"last": last, "most": limit}).rowcount


def _recorded(
    type: str,
    seq: int,
    id: str,
    role: str,
    occurred_at: datetime,
    received_at: datetime,
    data: str,
    revision: int | None,
    decided_at: datetime | None,
    attributes: str | None,
) -> Recorded:
    event = Event(
        id=id,
        type=type,
        role=_ROLES[role],
        occurred_at=occurred_at,
        received_at=received_at,
        data=orjson.loads(data),
        attributes=attributes_of(attributes),
    )
    return Recorded(seq=seq, event=event, revision=revision, decided_at=decided_at)


def _plainly(session: Session, query: EventQuery) -> list[Recorded]:
    statement = select(EventRow).where(*_conditions(session, query)).order_by(col(EventRow.seq).desc())
    return [recorded_of(row) for row in session.exec(statement.limit(query.limit + 1))]


def _by_text(session: Session, query: EventQuery, words: list[str]) -> list[Recorded]:
    indexed = (
        select(EventRow)
        .select_from(TEXT)
        .join(EventRow, col(EventRow.seq) == TEXT.c.rowid)
        .where(MATCHES, *_conditions(session, query))
        .order_by(TEXT.c.rowid.desc())
        .limit(query.limit + 1)
    )
    asked = match(words, query.type, whole=query.whole_words)
    return [recorded_of(row) for row in session.exec(indexed, params={"words": asked})]


def match(words: list[str], type: str | None, *, whole: bool = False) -> str:
    """In the language of the index: each word as it is, or unless `whole` as the beginning of one; a phone number
    however written."""
    rest = "" if whole else "*"
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    asked = [f"{word}{rest}" if len(word) >= SHORTEST_PREFIX + 2 else word for word in quoted]
    if _PHONE.fullmatch(" ".join(words)):
        digits = "".join(filter(str.isdigit, "".join(words)))
        asked = [f'({" AND ".join(asked)} OR "{digits}"{rest})']
    if type is not None:
        asked.append(f'"zz{type.replace(".", "").replace("_", "")}"')
    return " AND ".join(asked)


def _conditions(session: Session, query: EventQuery) -> Iterable[Any]:
    seq, at = col(EventRow.seq), col(EventRow.received_at)
    if query.cursor is not None:
        yield seq < seq_of(query.cursor)
    if query.type is not None:
        yield col(EventRow.type) == query.type
    if query.test is not None:
        yield col(EventRow.test).is_(query.test)
    if query.since is not None:
        yield seq >= first_seq(session, seq, at, query.since)
        yield at >= query.since
    if query.until is not None:
        yield seq < first_seq(session, seq, at, query.until)
        yield at < query.until
