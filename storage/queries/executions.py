"""Executions and their attempts. What runs for every event is Core, many rows a statement; the rest is SQLModel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Text, bindparam, insert, or_, text, type_coerce, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from engine.errors import InvalidQuery, NotFound
from engine.model import Attempt, Event, Execution, Hook, Job, Page, Status
from engine.ports import DecidedEvent, ExecutionQuery, Progress
from storage.queries.hooks import PUT_HEALTH, health_values, hour_of
from storage.rows import attempt_of, attempt_values, event_of, event_values, execution_of, execution_values, hook_then
from storage.tables import (
    NOT_DELIVERED,
    NOT_SENT,
    PENDING,
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

_NOT_SENT = frozenset({Status.SHADOWED, Status.SKIPPED})
_INSERT_EVENT = insert(EventRow)
_INSERT_EXECUTION = insert(ExecutionRow)
_ATTEMPT = upsert(AttemptRow)
_ENDS = ("latency_ms", "status_code", "error_class", "error_message", "response")
_BEGIN_ATTEMPT = _ATTEMPT.on_conflict_do_nothing(index_elements=["execution_id", "number"])
_PUT_ATTEMPT = _ATTEMPT.on_conflict_do_update(
    index_elements=["execution_id", "number"], set_={name: _ATTEMPT.excluded[name] for name in _ENDS}
)
_MARK_DECIDED = (
    update(EventRow)
    .where(col(EventRow.seq).in_(bindparam("seqs", expanding=True)), col(EventRow.revision).is_(None))
    .values(revision=bindparam("to_revision"), decided_at=bindparam("to_decided_at"))
    .returning(col(EventRow.seq))
)
_UNFINISHED_OF = select_columns(col(ExecutionRow.id)).where(
    col(ExecutionRow.id).in_(bindparam("ids", expanding=True)), text(UNFINISHED)
)
_ADVANCE = (
    update(ExecutionRow)
    .where(col(ExecutionRow.id) == bindparam("of_id"), text(UNFINISHED))
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


def decide(connection: Connection, batches: Sequence[Sequence[DecidedEvent]]) -> list[None]:
    """Marks the events and inserts their executions; an event that was decided before keeps what it has."""
    for batch in batches:
        seqs = _mark_decided(connection, batch)
        fresh: dict[int, DecidedEvent] = {}
        for one in batch:
            if one.seq in seqs:
                fresh.setdefault(one.seq, one)
        made = [(seq, execution) for seq, one in fresh.items() for execution in one.executions]
        if made:
            connection.execute(_INSERT_EXECUTION, [execution_values(execution, seq) for seq, execution in made])
            _count_hits(connection, [execution for _, execution in made if _is_hit(execution)])
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


def start(connection: Connection, steps: Sequence[Progress]) -> list[None]:
    """The attempt counts as interrupted until its end is recorded."""
    connection.execute(_BEGIN_ATTEMPT, _attempts_made(steps))
    connection.execute(_ADVANCE, [_advance(step.execution) for step in steps])
    return [None] * len(steps)


def _attempts_made(steps: Sequence[Progress]) -> list[dict[str, Any]]:
    return [attempt_values(step.execution.id, step.attempt) for step in steps if step.attempt]


def put_back(session: Session) -> None:
    """What ran when an earlier process ended waits again."""
    running = text(f"execution.{UNFINISHED}"), col(ExecutionRow.status) == Status.RUNNING.value
    session.connection().execute(update(ExecutionRow).where(*running).values(status=Status.PENDING.value))


def record(connection: Connection, steps: Sequence[Progress]) -> list[None]:
    """What comes for an execution that is finished is too late, and left out."""
    unfinished = set(connection.execute(_UNFINISHED_OF, {"ids": [step.execution.id for step in steps]}).scalars())
    timely = [step for step in steps if step.execution.id in unfinished]
    if timely:
        if attempts := _attempts_made(timely):
            connection.execute(_PUT_ATTEMPT, attempts)
        connection.execute(_ADVANCE, [_advance(step.execution) for step in timely])
        _count_ends(connection, [step.execution for step in timely])
    # The newest of each hook: the steps come in the order in which they ended.
    health = {step.execution.hook_id: step.health for step in timely if step.health}
    if health:
        connection.execute(PUT_HEALTH, [health_values(hook_id, one) for hook_id, one in health.items()])
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


def hooks_with_pending(session: Session) -> list[int]:
    return _hooks_with(session, text(f"execution.{PENDING}"))


def pending(session: Session, hook_id: int, limit: int, without: Set[str]) -> list[Job]:
    """By id. Of a line only its first."""
    before = aliased(ExecutionRow, name="before")
    earlier = (
        select(before.id)
        .where(
            _in_line("before"),
            col(before.hook_id) == hook_id,
            col(before.entity) == col(ExecutionRow.entity),
            col(before.id) < col(ExecutionRow.id),
        )
        .exists()
    )
    rows = session.exec(
        joined()
        .where(
            text(f"execution.{PENDING}"),
            col(ExecutionRow.hook_id) == hook_id,
            col(ExecutionRow.status) == Status.PENDING.value,
            col(ExecutionRow.id).not_in(without),
            or_(col(ExecutionRow.entity) == "", ~earlier),
        )
        .order_by(col(ExecutionRow.id))
        .limit(limit)
    ).all()
    return jobs(session, rows)


def first_in_line(session: Session, hook_id: int, entity: str) -> Job | None:
    rows = session.exec(
        joined()
        .where(
            _in_line("execution"),
            col(ExecutionRow.hook_id) == hook_id,
            col(ExecutionRow.entity) == entity,
        )
        .order_by(col(ExecutionRow.id))
        .limit(1)
    ).all()
    return jobs(session, rows)[0] if rows else None


def hooks_with_due(session: Session, now: datetime) -> list[int]:
    return _hooks_with(session, text(f"execution.{WAITING}"), col(ExecutionRow.next_attempt_at) <= now)


def due(session: Session, hook_id: int, now: datetime, limit: int) -> list[Job]:
    """Waiting for a next attempt that is due, the longest due first."""
    rows = session.exec(
        joined()
        .where(
            text(f"execution.{WAITING}"),
            col(ExecutionRow.hook_id) == hook_id,
            col(ExecutionRow.next_attempt_at) <= now,
        )
        .order_by(col(ExecutionRow.next_attempt_at))
        .limit(limit)
    ).all()
    return jobs(session, rows)


def advance_due(session: Session, by: timedelta) -> None:
    """In the text that times are stored as."""
    earlier = func.strftime("%Y-%m-%d %H:%M:%f000", col(ExecutionRow.next_attempt_at), f"-{by.total_seconds()} seconds")
    waiting = text(f"execution.{WAITING}")
    session.connection().execute(update(ExecutionRow).where(waiting).values(next_attempt_at=type_coerce(earlier, Text)))


def newest(session: Session) -> tuple[str, datetime] | None:
    order = col(ExecutionRow.seq).desc()
    return session.exec(select(ExecutionRow.id, ExecutionRow.created_at).order_by(order).limit(1)).first()


def backlog(session: Session) -> int:
    """Events that are not decided, and executions that are not finished."""
    undecided = session.exec(select(func.count()).select_from(EventRow).where(col(EventRow.revision).is_(None))).one()
    unfinished = select(func.count()).select_from(ExecutionRow).where(text(f"execution.{UNFINISHED}"))
    return undecided + session.exec(unfinished).one()


def _in_line(table: str) -> Any:
    """In the words of the index."""
    return text(f"{table}.entity <> '' AND {table}.{UNFINISHED}")


def _hooks_with(session: Session, *conditions: Any) -> list[int]:
    """One look into the index for each hook, also a deleted one: quick however many rows there are."""
    found = select(ExecutionRow.id).where(col(ExecutionRow.hook_id) == col(HookRow.id), *conditions).exists()
    return [hook_id for hook_id in session.exec(select(HookRow.id).where(found)) if hook_id is not None]


def one(session: Session, execution_id: str) -> Job:
    """Raises NotFound."""
    rows = session.exec(joined().where(col(ExecutionRow.id) == execution_id)).all()
    if not rows:
        raise NotFound("execution", execution_id)
    return jobs(session, rows)[0]


def page(session: Session, query: ExecutionQuery) -> Page[Execution]:
    """Newest first, by keyset. Raises InvalidQuery."""
    statement = joined()
    for condition in conditions(session, query):
        statement = statement.where(condition)
    rows = session.exec(statement.order_by(col(ExecutionRow.seq).desc()).limit(query.limit + 1)).all()
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    items = tuple(job.execution for job in jobs(session, kept))
    return Page(items=items, next=str(kept[-1][0].seq) if more else None)


def conditions(session: Session, query: ExecutionQuery) -> Iterable[Any]:
    if query.cursor is not None:
        yield col(ExecutionRow.seq) < seq_of(query.cursor)
    if query.hook_id is not None:
        yield col(ExecutionRow.hook_id) == query.hook_id
    if query.event_id is not None:
        yield col(EventRow.id) == query.event_id
    if query.status is not None:
        yield from status_is(query.status)
    if query.type is not None:
        yield col(ExecutionRow.type) == query.type.value
    if query.test is not None:
        yield text(f"execution.{TEST}") if query.test else col(ExecutionRow.test).is_(False)
    yield from made_within(session, query.since, query.until)


def status_is(status: Status) -> Iterable[Any]:
    """With the words of the partial index that holds it, where there is one."""
    if status in {Status.FAILED, Status.CANCELLED}:
        yield text(f"execution.{NOT_DELIVERED}")
    elif status in _NOT_SENT:
        yield text(f"execution.{NOT_SENT}")
    elif status is not Status.SUCCEEDED:
        yield text(f"execution.{UNFINISHED}")
    yield col(ExecutionRow.status) == status.value


def seq_of(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return int(cursor)


def first_seq(session: Session, seq: Any, at: Any, moment: datetime) -> int:
    """The first row made at or after a moment. Seqs and times grow together, so a few looks find it."""
    low, high = 0, (session.exec(select(func.max(seq))).one() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = session.exec(select(seq, at).where(seq >= middle).order_by(seq).limit(1)).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = (found[0] or 0) + 1
    return low


def made_within(session: Session, since: datetime | None, until: datetime | None) -> Iterable[Any]:
    seq, at = col(ExecutionRow.seq), col(ExecutionRow.created_at)
    if since is not None:
        yield seq >= first_seq(session, seq, at, since)
        yield at >= since
    if until is not None:
        yield seq < first_seq(session, seq, at, until)
        yield at < until


def joined() -> Select[ExecutionRow, EventRow, HookRow, HookVersionRow]:
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


def jobs(session: Session, rows: Sequence[_Row]) -> list[Job]:
    attempts = _attempts(session, [execution.id for execution, *_ in rows])
    hooks: dict[tuple[int, int], Hook] = {}
    jobs: list[Job] = []
    for execution, event, hook_row, version in rows:
        known = (version.hook_id, version.version)
        if known not in hooks:
            hooks[known] = hook_then(hook_row, version)
        hook = hooks[known]
        ended = attempts[execution.id]
        if execution.status == Status.RUNNING.value:  # the newest is the one that runs, and has no end yet
            ended = ended[:-1]
        noun = execution_of(execution, event, hook.definition.title, tuple(ended))
        jobs.append(Job(execution=noun, event=event_of(event), hook=hook))
    return jobs


def _attempts(session: Session, ids: Sequence[str]) -> defaultdict[str, list[Attempt]]:
    attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
    order = (col(AttemptRow.execution_id), col(AttemptRow.number))
    rows = session.exec(select(AttemptRow).where(col(AttemptRow.execution_id).in_(ids)).order_by(*order))
    for row in rows:
        attempts[row.execution_id].append(attempt_of(row))
    return attempts


def _mark_decided(connection: Connection, batch: Sequence[DecidedEvent]) -> set[int | None]:
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


def _is_hit(execution: Execution) -> bool:
    return execution.status not in _NOT_SENT and not execution.test


def _count_hits(connection: Connection, executions: Sequence[Execution]) -> None:
    if not executions:
        return
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
