from collections.abc import Sequence, Set

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from engine.model import Event
from engine.ports import Accepted
from storage.driver_sql import DriverSql
from storage.rows.events import EVENT_COLUMNS, event_of, event_values
from storage.tables import EventRow

_INSERT = DriverSql(
    insert(EventRow).on_conflict_do_nothing(index_elements=["id"]).returning(col(EventRow.seq)), EVENT_COLUMNS
)


def append(connection: Connection, batches: Sequence[Sequence[Event]]) -> list[list[int | None]]:
    """Returns seqs in the order of the events; None for a duplicate id, also within the batch."""
    return [[_stored(connection, event) for event in batch] for batch in batches]


def _stored(connection: Connection, event: Event) -> int | None:
    row = _INSERT.returning(connection, event_values(event))
    return row[0] if row else None


def undecided(session: Session, limit: int, without: Set[int]) -> list[Accepted]:
    """Ordered by seq."""
    rows = session.exec(
        select(EventRow)
        .where(col(EventRow.revision).is_(None), col(EventRow.seq).not_in(without))
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [Accepted(seq=row.seq or 0, event=event_of(row)) for row in rows]
