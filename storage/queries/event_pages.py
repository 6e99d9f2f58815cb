"""Stored events: a single one, pages, and the newest of a type."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import Event, Page, Role
from engine.ports import EventQuery, Recorded
from storage.queries.finding import Budget, find
from storage.queries.seqs import LAST_SEQ, first_seq, seq_of
from storage.queries.text_search import events_with
from storage.rows.events import event_of, fields_of, recorded_of
from storage.tables import EventRow
from storage.texts import Asked, asked

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
        col(EventRow.inherited),
    )
    .where(col(EventRow.test).is_(False))
    .order_by(col(EventRow.seq).desc())
)


def page(session: Session, query: EventQuery) -> Page[Recorded]:
    """Newest first, paginated by keyset. Raises InvalidQuery."""
    wanted = asked(query.text)
    if wanted is not None:
        return _by_text(session, query, wanted)
    found = _plainly(session, query)
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
    """Selects plain columns, since a back-test reads many thousands of events."""
    statement = _LATEST.where(col(EventRow.type) == type).limit(limit)
    if before is not None:
        statement = statement.where(col(EventRow.seq) < before)
    rows = cast("Any", session.connection().execute(statement))
    return [_recorded(type, *row) for row in rows]


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
    inherited: str | None,
) -> Recorded:
    event = Event(
        id=id,
        type=type,
        role=_ROLES[role],
        occurred_at=occurred_at,
        received_at=received_at,
        data=orjson.loads(data),
        attributes=fields_of(attributes),
        inherited=fields_of(inherited),
    )
    return Recorded(seq=seq, event=event, revision=revision, decided_at=decided_at)


def _plainly(session: Session, query: EventQuery) -> list[Recorded]:
    statement = select(EventRow).where(*_conditions(session, query)).order_by(col(EventRow.seq).desc())
    return [recorded_of(row) for row in session.exec(statement.limit(query.limit + 1))]


def _by_text(session: Session, query: EventQuery, wanted: Asked) -> Page[Recorded]:
    """May return fewer than the limit and still have a next page."""
    low, high = _span(session, query)
    read = events_with(session, wanted, low, type=query.type, test=query.test, view=query.view)
    found = find(read, wanted, high, query.limit + 1, Budget())
    kept = found.seqs[: query.limit]
    rows = session.exec(select(EventRow).where(col(EventRow.seq).in_(kept)).order_by(col(EventRow.seq).desc()))
    return Page(items=tuple(map(recorded_of, rows)), next=found.next(query.limit))


def _span(session: Session, query: EventQuery) -> tuple[int, int]:
    """The first seq in the range, and the first one past it."""
    seq, at = col(EventRow.seq), col(EventRow.received_at)
    low = first_seq(session, seq, at, query.since) if query.since else 0
    high = first_seq(session, seq, at, query.until) if query.until else LAST_SEQ
    return low, high if query.cursor is None else min(high, seq_of(query.cursor))


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
