"""Executions and their attempts. What runs for every event is Core, many rows a statement; the rest is SQLModel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from engine.errors import InvalidQuery, NotFound
from engine.model import Attempt, Event, Execution, Hook, HookType, Job, Page, Status
from engine.ports import Decided, ExecutionQuery, Progress
from storage.queries.hooks import hour_of
from storage.rows import attempt_of, attempt_values, event_of, event_values, execution_of, execution_values, hook_then
from storage.tables import (
    NOT_DELIVERED,
    TEST,
    UNFINISHED,
    WAITING,
    AttemptRow,
    EventRow,
    ExecutionRow,
    HookHourRow,
    HookRow,
    HookVersionRow,
)

_Row = tuple[ExecutionRow, EventRow, HookRow, HookVersionRow]

_INSERT_EVENT = insert(EventRow)
_INSERT_EXECUTION = insert(ExecutionRow)
_INSERT_ATTEMPT = insert(AttemptRow)
_MARK_DECIDED = (
    update(EventRow)
    .where(col(EventRow.seq).in_(bindparam("seqs", expanding=True)), col(EventRow.revision).is_(None))
    .values(revision=bindparam("to_revision"), decided_at=bindparam("to_decided_at"))
    .returning(col(EventRow.seq))
)
_MARK_RUNNING = (
    update(ExecutionRow)
    .where(col(ExecutionRow.id) == bindparam("of_id"), col(ExecutionRow.status).in_(("pending", "retrying")))
    .values(status=Status.RUNNING.value)
)
_ADVANCE = (
    update(ExecutionRow)
    .where(col(ExecutionRow.id) == bindparam("of_id"))
    .values(
        status=bindparam("to_status"), finished_at=bindparam("to_finished_at"), next_attempt_at=bindparam("to_next")
    )
)
_HIT = (
    update(HookRow)
    .where(col(HookRow.id) == bindparam("of_hook"))
    .values(hits=col(HookRow.hits) + bindparam("more"), last_hit_at=bindparam("at"))
)
_HOUR = upsert(HookHourRow)
_ADD_TO_HOUR = _HOUR.on_conflict_do_update(
    index_elements=["hook_id", "hour"],
    set_={
        "succeeded": col(HookHourRow.succeeded) + _HOUR.excluded.succeeded,
        "failed": col(HookHourRow.failed) + _HOUR.excluded.failed,
    },
)


def decide(connection: Connection, batches: Sequence[Sequence[Decided]]) -> list[None]:
    """Marks the events and inserts their executions; an event that was decided before keeps what it has."""
    for batch in batches:
        seqs = _mark_decided(connection, batch)
        fresh: dict[int, Decided] = {}
        for one in batch:
            if one.seq in seqs:
                fresh.setdefault(one.seq, one)
        made = [(seq, execution) for seq, one in fresh.items() for execution in one.executions]
        if made:
            connection.execute(_INSERT_EXECUTION, [execution_values(execution, seq) for seq, execution in made])
            _count_hits(connection, [execution for _, execution in made])
    return [None] * len(batches)


def add(connection: Connection, added: Sequence[Execution]) -> list[None]:
    """For events that are stored already; a replay counts as a hit like any other run."""
    for execution in added:
        seq = connection.execute(
            select_columns(col(EventRow.seq)).where(col(EventRow.id) == execution.event_id)
        ).scalar_one()
        connection.execute(_INSERT_EXECUTION, [execution_values(execution, seq or 0)])
    _count_hits(connection, added)
    return [None] * len(added)


def start(connection: Connection, batches: Sequence[Sequence[str]]) -> list[None]:
    if ids := [{"of_id": id} for batch in batches for id in batch]:
        connection.execute(_MARK_RUNNING, ids)
    return [None] * len(batches)


def record(connection: Connection, steps: Sequence[Progress]) -> list[None]:
    connection.execute(_INSERT_ATTEMPT, [attempt_values(step.execution.id, step.attempt) for step in steps])
    connection.execute(_ADVANCE, [_advance(step.execution) for step in steps])
    _count_ends(connection, [step.execution for step in steps])
    return [None] * len(steps)


def cancel(connection: Connection, cancelled: Sequence[Execution]) -> list[None]:
    connection.execute(_ADVANCE, [_advance(execution) for execution in cancelled])
    return [None] * len(cancelled)


def add_test(connection: Connection, tests: Sequence[tuple[Event, Execution]]) -> list[None]:
    """The event was never accepted, so it is stored as decided, by no revision."""
    for event, execution in tests:
        values = {**event_values(event), "revision": 0, "decided_at": event.received_at}
        seq = connection.execute(_INSERT_EVENT.returning(col(EventRow.seq)), values).scalar_one()
        connection.execute(_INSERT_EXECUTION, [execution_values(execution, seq or 0)])
    return [None] * len(tests)


def hooks_with_unfinished(session: Session) -> list[int]:
    found = session.exec(select(ExecutionRow.hook_id).where(text(f"execution.{UNFINISHED}")).distinct())
    return sorted(found)


def unfinished(session: Session, hook_id: int, after: str, limit: int) -> list[Job]:
    """Pending, or running when the process ended, by id beyond `after`."""
    rows = session.exec(
        _joined()
        .where(
            text(f"execution.{UNFINISHED}"),
            col(ExecutionRow.hook_id) == hook_id,
            col(ExecutionRow.status).in_((Status.PENDING.value, Status.RUNNING.value)),
            col(ExecutionRow.id) > after,
        )
        .order_by(col(ExecutionRow.id))
        .limit(limit)
    ).all()
    return _jobs(session, rows)


def due(session: Session, type: HookType, now: datetime, limit: int) -> list[Job]:
    """Waiting for a next attempt that is due, the longest due first."""
    rows = session.exec(
        _joined()
        .where(
            text(f"execution.{WAITING}"),
            col(ExecutionRow.type) == type.value,
            col(ExecutionRow.next_attempt_at) <= now,
        )
        .order_by(col(ExecutionRow.next_attempt_at))
        .limit(limit)
    ).all()
    return _jobs(session, rows)


def one(session: Session, execution_id: str) -> Job:
    """Raises NotFound."""
    rows = session.exec(_joined().where(col(ExecutionRow.id) == execution_id)).all()
    if not rows:
        raise NotFound("execution", execution_id)
    return _jobs(session, rows)[0]


def page(session: Session, query: ExecutionQuery) -> Page[Execution]:
    """Newest first, by keyset. Raises InvalidQuery."""
    statement = _joined()
    for condition in _conditions(session, query):
        statement = statement.where(condition)
    rows = session.exec(statement.order_by(col(ExecutionRow.seq).desc()).limit(query.limit + 1)).all()
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    items = tuple(job.execution for job in _jobs(session, kept))
    return Page(items=items, next=str(kept[-1][0].seq) if more else None)


def _conditions(session: Session, query: ExecutionQuery) -> Iterable[Any]:
    if query.cursor is not None:
        yield col(ExecutionRow.seq) < _cursor(query.cursor)
    if query.hook_id is not None:
        yield col(ExecutionRow.hook_id) == query.hook_id
    if query.event_id is not None:
        yield col(EventRow.id) == query.event_id
    if query.status is not None:
        yield from _status(query.status)
    if query.type is not None:
        yield col(ExecutionRow.type) == query.type.value
    if query.test is not None:
        yield text(f"execution.{TEST}") if query.test else col(ExecutionRow.test).is_(False)
    if query.since is not None:
        yield col(ExecutionRow.seq) >= _first_seq(session, query.since)
        yield col(ExecutionRow.created_at) >= query.since
    if query.until is not None:
        yield col(ExecutionRow.seq) < _first_seq(session, query.until)
        yield col(ExecutionRow.created_at) < query.until


def _status(status: Status) -> Iterable[Any]:
    """With the words of the partial index that holds it, where there is one."""
    if status in {Status.FAILED, Status.CANCELLED}:
        yield text(f"execution.{NOT_DELIVERED}")
    elif status != Status.SUCCEEDED:
        yield text(f"execution.{UNFINISHED}")
    yield col(ExecutionRow.status) == status.value


def _cursor(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return int(cursor)


def _first_seq(session: Session, moment: datetime) -> int:
    """The first execution made at or after a moment. Seqs and times grow together, so a few looks find it."""
    low, high = 0, (session.exec(select(func.max(ExecutionRow.seq))).one() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = session.exec(
            select(ExecutionRow.seq, ExecutionRow.created_at)
            .where(col(ExecutionRow.seq) >= middle)
            .order_by(col(ExecutionRow.seq))
            .limit(1)
        ).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = (found[0] or 0) + 1
    return low


def _joined() -> Select[ExecutionRow, EventRow, HookRow, HookVersionRow]:
    return (
        select(ExecutionRow, EventRow, HookRow, HookVersionRow)
        .join(EventRow, col(EventRow.seq) == col(ExecutionRow.event_seq))
        .join(HookRow, col(HookRow.id) == col(ExecutionRow.hook_id))
        .join(
            HookVersionRow,
            (col(HookVersionRow.hook_id) == col(ExecutionRow.hook_id))
            & (col(HookVersionRow.version) == col(ExecutionRow.hook_version)),
        )
    )


def _jobs(session: Session, rows: Sequence[_Row]) -> list[Job]:
    attempts = _attempts(session, [execution.id for execution, *_ in rows])
    hooks: dict[tuple[int, int], Hook] = {}
    jobs: list[Job] = []
    for execution, event, hook_row, version in rows:
        known = (version.hook_id, version.version)
        if known not in hooks:
            hooks[known] = hook_then(hook_row, version)
        hook = hooks[known]
        noun = execution_of(execution, event, hook.definition.title, tuple(attempts[execution.id]))
        jobs.append(Job(execution=noun, event=event_of(event), hook=hook))
    return jobs


def _attempts(session: Session, ids: Sequence[str]) -> defaultdict[str, list[Attempt]]:
    attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
    order = (col(AttemptRow.execution_id), col(AttemptRow.number))
    rows = session.exec(select(AttemptRow).where(col(AttemptRow.execution_id).in_(ids)).order_by(*order))
    for row in rows:
        attempts[row.execution_id].append(attempt_of(row))
    return attempts


def _mark_decided(connection: Connection, batch: Sequence[Decided]) -> set[int | None]:
    """The seqs that were not decided before."""
    marked: set[int | None] = set()
    for (revision, at), ones in groupby(batch, key=lambda one: (one.revision, one.at)):
        values = {"seqs": [one.seq for one in ones], "to_revision": revision, "to_decided_at": at}
        marked.update(connection.execute(_MARK_DECIDED, values).scalars())
    return marked


def _advance(execution: Execution) -> dict[str, Any]:
    return {
        "of_id": execution.id,
        "to_status": execution.status.value,
        "to_finished_at": execution.finished_at,
        "to_next": execution.next_attempt_at,
    }


def _count_hits(connection: Connection, executions: Sequence[Execution]) -> None:
    hits = Counter(execution.hook_id for execution in executions)
    latest = {execution.hook_id: execution.created_at for execution in executions}
    connection.execute(_HIT, [{"of_hook": id, "more": more, "at": latest[id]} for id, more in hits.items()])


def _count_ends(connection: Connection, executions: Sequence[Execution]) -> None:
    ends: Counter[tuple[int, int, Status]] = Counter()
    for execution in executions:
        if execution.finished_at and not execution.test:
            ends[execution.hook_id, hour_of(execution.finished_at), execution.status] += 1
    rows = [
        {
            "hook_id": hook_id,
            "hour": hour,
            "succeeded": count if status == Status.SUCCEEDED else 0,
            "failed": count if status == Status.FAILED else 0,
        }
        for (hook_id, hour, status), count in ends.items()
    ]
    if rows:
        connection.execute(_ADD_TO_HOUR, rows)
