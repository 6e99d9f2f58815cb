from collections.abc import Sequence, Set
from dataclasses import replace

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from engine.model import Event, Execution, Flow
from engine.ports import Accepted, DecidedEvent
from storage.driver_sql import DriverSql
from storage.queries.executions.path import create
from storage.rows.events import EVENT_COLUMNS, event_of, event_values
from storage.tables import UNDECIDED, EventRow

_INSERT = DriverSql(
    insert(EventRow).on_conflict_do_nothing(index_elements=["id"]).returning(col(EventRow.seq)), EVENT_COLUMNS
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
    created: list[tuple[int, Execution]] = []
    stored: list[list[Accepted | None]] = []
    for events, decided in posts:
        pairs = zip(events, decided or [None] * len(events), strict=True)
        stored.append([_stored(connection, event, decision, flows, created) for event, decision in pairs])
    create(connection, created)
    return stored


def _stored(
    connection: Connection,
    event: Event,
    decided: DecidedEvent | None,
    flows: dict[str, Flow],
    created: list[tuple[int, Execution]],
) -> Accepted | None:
    """Notes in `created` what is to be created with it."""
    if decided is None or event.entity in flows:
        event, decided = _in_order(event, flows), None
    values = event_values(event, decided.revision, decided.at) if decided else event_values(event)
    row = _INSERT.returning(connection, values)
    if row is None:
        return None
    if decided:
        created += [(row[0], execution) for execution in decided.executions]
    return Accepted(seq=row[0], event=event, decided=decided is not None)


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
