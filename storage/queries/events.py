from collections.abc import Sequence, Set
from dataclasses import replace

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from engine.model import Event, Flow
from engine.ports import Accepted, DecidedEvent
from storage.driver_sql import DriverSql
from storage.queries.executions.path import create
from storage.rows.events import EVENT_COLUMNS, event_of, event_values
from storage.tables import UNDECIDED, EventRow

_INSERT = DriverSql(
    insert(EventRow).on_conflict_do_nothing(index_elements=["id"]).returning(col(EventRow.id), col(EventRow.seq)),
    EVENT_COLUMNS,
)
_FLOWS_OF = """SELECT entity, sender, bulk FROM event WHERE seq IN (
    SELECT (SELECT seq FROM event WHERE revision IS NULL AND entity <> '' AND entity = value LIMIT 1)
    FROM json_each(?))"""
_FLOWS = text("""WITH RECURSIVE flow (sender, bulk) AS (
    SELECT * FROM (SELECT sender, bulk FROM event WHERE revision IS NULL ORDER BY sender, bulk LIMIT 1)
    UNION ALL
    SELECT one.sender, one.bulk FROM flow JOIN event AS one ON one.seq = (
        SELECT seq FROM event WHERE revision IS NULL AND (sender, bulk) > (flow.sender, flow.bulk)
        ORDER BY sender, bulk LIMIT 1))
    SELECT sender, bulk FROM flow""")
"""Jumps from flow to flow in the index, since each may have hundreds of thousands of events."""


def append(connection: Connection, batches: Sequence[Sequence[Event]]) -> list[list[Accepted | None]]:
    """Undecided. Returns the events in their order; None for a duplicate id, also within the batch."""
    return accept(connection, [(batch, ()) for batch in batches])


def accept(
    connection: Connection, posts: Sequence[tuple[Sequence[Event], Sequence[DecidedEvent]]]
) -> list[list[Accepted | None]]:
    """With the decisions on each event of a post, or without any; the rest as above."""
    flows = _flows_of(connection, {event.entity for events, _ in posts for event in events if event.entity})
    pairs = [pair for events, decided in posts for pair in zip(events, decided or [None] * len(events), strict=True)]
    stored = iter(_stored(connection, [_admitted(event, decided, flows) for event, decided in pairs]))
    return [[next(stored) for _ in events] for events, _ in posts]


def _admitted(event: Event, decided: DecidedEvent | None, flows: dict[str, Flow]) -> tuple[Event, DecidedEvent | None]:
    """Without its decision if others about its entity are undecided: they come first."""
    if decided is None or event.entity in flows:
        return _in_order(event, flows), None
    return event, decided


def _stored(connection: Connection, pairs: Sequence[tuple[Event, DecidedEvent | None]]) -> list[Accepted | None]:
    """With the executions that were decided on. The first of an id gets its seq."""
    rows = _INSERT.returning(
        connection,
        [
            event_values(event, decided.revision, decided.at) if decided else event_values(event)
            for event, decided in pairs
        ],
    )
    seqs: dict[str, int] = {row[0]: row[1] for row in rows}
    accepted = [
        Accepted(seq=seqs.pop(event.id), event=event, decided=decided is not None) if event.id in seqs else None
        for event, decided in pairs
    ]
    create(
        connection,
        [
            (one.seq, execution)
            for one, (_, decided) in zip(accepted, pairs, strict=True)
            if one and decided
            for execution in decided.executions
        ],
    )
    return accepted


def _flows_of(connection: Connection, entities: Set[str]) -> dict[str, Flow]:
    """The flow of the undecided events about each entity that has some."""
    if not entities:
        return {}
    found = connection.exec_driver_sql(_FLOWS_OF, (orjson.dumps(list(entities)).decode(),))
    return {entity: Flow(sender=sender, bulk=bool(bulk)) for entity, sender, bulk in found}


def _in_order(event: Event, flows: dict[str, Flow]) -> Event:
    """Moved to the flow of the undecided events about its entity, which is its own if there were none."""
    flow = flows.setdefault(event.entity, event.flow) if event.entity else event.flow
    return event if flow == event.flow else replace(event, flow=flow)


def flows(session: Session) -> list[Flow]:
    """Those with undecided events."""
    return [Flow(sender=sender, bulk=bool(bulk)) for sender, bulk in session.connection().execute(_FLOWS)]


def undecided(session: Session, limit: int, without: Set[int], flow: Flow) -> list[Accepted]:
    """Ordered by seq."""
    rows = session.exec(
        select(EventRow)
        .where(
            text(UNDECIDED),
            col(EventRow.sender) == flow.sender,
            col(EventRow.bulk) == flow.bulk,
            col(EventRow.seq).not_in(without),
        )
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [Accepted(seq=row.seq or 0, event=event_of(row)) for row in rows]
