from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from engine.model import Event
from engine.ports import Accepted
from storage.rows import event_of, event_values
from storage.tables import EventRow

_INSERT = insert(EventRow).returning(col(EventRow.id), col(EventRow.seq))
_ASKED_AT_ONCE = 500


def append(connection: Connection, batches: Sequence[Sequence[Event]]) -> list[list[int | None]]:
    """Seqs in the order of the events; None for an id that was seen before, also earlier in the same batch."""
    events = [event for batch in batches for event in batch]
    known = _known(connection, [event.id for event in events])
    new = {event.id: event for event in reversed(events) if event.id not in known}
    rows = [event_values(event) for event in events if new.get(event.id) is event]
    stored = connection.execute(_INSERT, rows).all() if rows else ()
    seqs: dict[str, int | None] = {id: seq for id, seq in stored}  # noqa: C416 (typed rows)
    return [[seqs[event.id] if new.get(event.id) is event else None for event in batch] for batch in batches]


def undecided(session: Session, after: int, limit: int) -> list[Accepted]:
    """Beyond the seq `after`, in order."""
    rows = session.exec(
        select_rows(EventRow)
        .where(col(EventRow.revision).is_(None), col(EventRow.seq) > after)
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [Accepted(seq=row.seq or 0, event=event_of(row)) for row in rows]


def _known(connection: Connection, ids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        some: Any = col(EventRow.id).in_(ids[start : start + _ASKED_AT_ONCE])
        known.update(connection.execute(select(col(EventRow.id)).where(some)).scalars())
    return known
