from collections.abc import Sequence, Set

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from engine.model import Event
from engine.ports import Accepted
from storage.rows.events import event_of, event_values
from storage.tables import EventRow

_INSERT = insert(EventRow).on_conflict_do_nothing(index_elements=["id"]).returning(col(EventRow.id), col(EventRow.seq))


def append(connection: Connection, batches: Sequence[Sequence[Event]]) -> list[list[int | None]]:
    """Returns seqs in the order of the events; None for a duplicate id, also within the batch."""
    events = [event for batch in batches for event in batch]
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.id, event)
    rows = [event_values(event) for event in first.values()]
    stored = connection.execute(_INSERT, rows).all() if rows else ()
    seqs: dict[str, int | None] = {id: seq for id, seq in stored}  # noqa: C416 (typed rows)
    return [[seqs.pop(event.id, None) for event in batch] for batch in batches]


def undecided(session: Session, limit: int, without: Set[int]) -> list[Accepted]:
    """Ordered by seq."""
    rows = session.exec(
        select(EventRow)
        .where(col(EventRow.revision).is_(None), col(EventRow.seq).not_in(without))
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [Accepted(seq=row.seq or 0, event=event_of(row)) for row in rows]
