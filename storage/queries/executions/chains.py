"""The chain of an execution: up through its event's links, down through the events that name it as their cause."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import Chain, ChainedEvent, ChainedRun, Execution
from storage.queries.executions.jobs import joined
from storage.queries.executions.listing import LIGHT
from storage.rows.events import chain_of
from storage.rows.executions import execution_of
from storage.rows.hooks import read_definition
from storage.tables import EventRow, ExecutionRow


def chain(session: Session, execution_id: str, most: int) -> Chain:
    """Raises NotFound."""
    own = _runs(session, col(ExecutionRow.id) == execution_id)
    if not own:
        raise NotFound("execution", execution_id)
    links = [link.execution_id for link in chain_of(own[0][0])]
    line = {execution.id: (event, execution) for event, execution in _runs(session, col(ExecutionRow.id).in_(links))}
    kept: list[str] = []
    for id in reversed(links):  # links beyond a gap no longer lead here
        if id not in line:
            break
        kept.append(id)
    below, more = _descendants(session, execution_id, most)
    root = _chained(own[0][0], (ChainedRun(execution=own[0][1], made=below),))
    for id in kept:
        event, execution = line[id]
        root = _chained(event, (ChainedRun(execution=execution, made=(root,)),))
    return Chain(root=root, cut=len(kept) < len(links), more=more)


def _descendants(session: Session, execution_id: str, most: int) -> tuple[tuple[ChainedEvent, ...], bool]:
    """Level by level, until nothing is left or `most` rows were read."""
    events: defaultdict[str, list[EventRow]] = defaultdict(list)
    runs: defaultdict[str, list[Execution]] = defaultdict(list)
    causes, left = [execution_id], most
    while causes and left > 0:
        found = _events_caused_by(session, causes, left + 1)
        for row in found[:left]:
            events[row.cause or ""].append(row)
        ran = _runs(session, col(ExecutionRow.event_seq).in_([row.seq for row in found[:left]]), left + 1)
        for event, execution in ran[:left]:
            runs[event.id].append(execution)
        causes, left = [execution.id for _, execution in ran[:left]], left - max(len(found), len(ran))

    def tree(cause: str) -> tuple[ChainedEvent, ...]:
        return tuple(
            _chained(row, tuple(ChainedRun(execution=one, made=tree(one.id)) for one in runs[row.id]))
            for row in events[cause]
        )

    return tree(execution_id), left <= 0


def _events_caused_by(session: Session, causes: Sequence[str], limit: int) -> Sequence[EventRow]:
    found = select(EventRow).where(col(EventRow.cause).in_(causes)).order_by(col(EventRow.seq)).limit(limit)
    return session.exec(found.options(LIGHT)).all()


def _runs(session: Session, condition: Any, limit: int | None = None) -> list[tuple[EventRow, Execution]]:
    """Oldest first, without attempts."""
    rows = session.exec(joined().where(condition).order_by(col(ExecutionRow.seq)).limit(limit).options(LIGHT))
    return [
        (event, execution_of(row, event, read_definition(version.definition).title, ()))
        for row, event, _, version in rows
    ]


def _chained(row: EventRow, runs: tuple[ChainedRun, ...]) -> ChainedEvent:
    return ChainedEvent(id=row.id, type=row.type, occurred_at=row.occurred_at, runs=runs)
