"""Bulk replays: what they run again, and their progress. A pair is an event and a hook."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from engine.errors import NotFound
from engine.model import Execution, Job, Replay, ReplayOf, ReplayQuery, ReplayState, Status
from engine.ports import Recorded
from storage.queries.executions import path
from storage.queries.executions.jobs import joined
from storage.queries.executions.listing import listed_jobs
from storage.queries.executions.pages import created_within, status_is
from storage.queries.seqs import first_seq
from storage.rows.events import recorded_of
from storage.rows.replays import replay_of, replay_values
from storage.tables import EventRow, ExecutionRow, ReplayRow


def count_pairs(session: Session, query: ReplayQuery, last: int, hooks: Set[int]) -> int:
    return session.exec(
        select(func.count())
        .select_from(ExecutionRow)
        .where(col(ExecutionRow.seq) <= last, *_newest_of_pair(session, query, hooks))
    ).one()


def last_seq(session: Session, query: ReplayQuery) -> int:
    of = EventRow.seq if query.status is ReplayOf.SKIPPED else ExecutionRow.seq
    return session.exec(select(func.max(of))).one() or 0


def pairs(
    session: Session, query: ReplayQuery, after: int, last: int, hooks: Set[int], limit: int
) -> list[tuple[int, Job]]:
    """Each with the seq of its execution, oldest first."""
    rows = session.exec(
        joined()
        .where(col(ExecutionRow.seq).between(after + 1, last), *_newest_of_pair(session, query, hooks))
        .order_by(col(ExecutionRow.seq))
        .limit(limit)
    ).all()
    seqs = [row[0].seq or 0 for row in rows]
    return list(zip(seqs, listed_jobs(session, rows), strict=True))


def passed(session: Session, query: ReplayQuery, trigger: str, after: int, last: int, limit: int) -> list[Recorded]:
    """Oldest first."""
    done = select(ExecutionRow.seq).where(
        col(ExecutionRow.event_seq) == col(EventRow.seq), col(ExecutionRow.hook_id) == query.hook_id
    )
    rows = session.exec(
        select(EventRow)
        .where(*_events(session, query, trigger), col(EventRow.seq).between(after + 1, last), ~done.exists())
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [recorded_of(row) for row in rows]


def add(session: Session, replay: Replay) -> Replay:
    row = ReplayRow(**replay_values(replay))
    session.add(row)
    session.flush()
    return replay_of(row)


def step(connection: Connection, steps: Sequence[tuple[Replay, Sequence[Execution]]]) -> list[bool]:
    """False for a replay that was stopped meanwhile."""
    stored: list[bool] = []
    for replay, created in steps:
        with Session(connection, join_transaction_mode="conditional_savepoint") as session:
            row = session.get_one(ReplayRow, replay.id)
            goes_on = row.state == ReplayState.RUNNING.value
            if goes_on:
                row.state, row.cursor = replay.state.value, replay.cursor
                row.done, row.left_out, row.finished_at = replay.done, replay.left_out, replay.finished_at
                session.flush()
        if goes_on and created:
            path.add(connection, created)
        stored.append(goes_on)
    return stored


def stop(session: Session, replay_id: int, at: datetime) -> Replay:
    """A replay that has ended is left as it is. Raises NotFound."""
    row = _row(session, replay_id)
    if row.state == ReplayState.RUNNING.value:
        row.state, row.finished_at = ReplayState.STOPPED.value, at
    session.flush()
    return replay_of(row)


def one(session: Session, replay_id: int) -> Replay:
    """Raises NotFound."""
    return replay_of(_row(session, replay_id))


def newest(session: Session, limit: int) -> list[Replay]:
    return [replay_of(row) for row in session.exec(select(ReplayRow).order_by(col(ReplayRow.id).desc()).limit(limit))]


def _row(session: Session, replay_id: int) -> ReplayRow:
    row = session.get(ReplayRow, replay_id)
    if row is None:
        raise NotFound("replay", replay_id)
    return row


def _newest_of_pair(session: Session, query: ReplayQuery, hooks: Set[int]) -> Iterable[Any]:
    """Matching executions that are the newest of their pair; delivered pairs are left out unless `query.again`."""
    other = aliased(ExecutionRow, name="other")
    same_pair = (
        col(other.event_seq) == col(ExecutionRow.event_seq),
        col(other.hook_id) == col(ExecutionRow.hook_id),
    )
    yield from status_is(Status(query.status.value))
    yield col(ExecutionRow.test).is_(False)
    yield ~select(other.seq).where(*same_pair, col(other.seq) > col(ExecutionRow.seq)).exists()
    if not query.again and query.status is not ReplayOf.SUCCEEDED:
        yield ~select(other.seq).where(*same_pair, col(other.status) == ReplayOf.SUCCEEDED.value).exists()
    yield col(ExecutionRow.hook_id).in_(hooks if query.hook_id is None else hooks & {query.hook_id})
    if query.type is not None:
        yield col(ExecutionRow.type) == query.type.value
    yield from created_within(session, query.since, query.until)


def _events(session: Session, query: ReplayQuery, trigger: str) -> Iterable[Any]:
    """Decided events, without tests."""
    seq, at = col(EventRow.seq), col(EventRow.received_at)
    yield col(EventRow.type) == trigger
    yield col(EventRow.revision).is_not(None)
    yield col(EventRow.test).is_(False)
    if query.since is not None:
        yield seq >= first_seq(session, seq, at, query.since)
        yield at >= query.since
    if query.until is not None:
        yield seq < first_seq(session, seq, at, query.until)
        yield at < query.until
