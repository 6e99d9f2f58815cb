"""Writes every state of an execution: decided, started, recorded. SQLAlchemy Core, many rows per statement."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, text, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import col

from engine.model import Event, Execution, Status
from engine.ports import DecidedEvent, Progress
from storage.driver_sql import DriverSql
from storage.queries.hook_stats import PUT_HEALTH, health_values, hour_of
from storage.rows.events import event_values
from storage.rows.executions import ATTEMPT_COLUMNS, EXECUTION_COLUMNS, attempt_values, execution_values
from storage.tables import UNFINISHED, AttemptRow, EventRow, ExecutionRow, HookHourRow, HookRow

SENT_NOTHING = frozenset({Status.SHADOWED, Status.SKIPPED})
_INSERT_EVENT = insert(EventRow)
_INSERT_EXECUTION = DriverSql(insert(ExecutionRow), EXECUTION_COLUMNS)
_ATTEMPT = upsert(AttemptRow)
_ENDS = ("latency_ms", "status_code", "error_class", "error_message", "response")
_BEGIN_ATTEMPT = DriverSql(_ATTEMPT.on_conflict_do_nothing(index_elements=["execution_id", "number"]), ATTEMPT_COLUMNS)
_PUT_ATTEMPT = DriverSql(
    _ATTEMPT.on_conflict_do_update(
        index_elements=["execution_id", "number"], set_={name: _ATTEMPT.excluded[name] for name in _ENDS}
    ),
    ATTEMPT_COLUMNS,
)
_MARK_DECIDED = (
    update(EventRow)
    .where(col(EventRow.seq).in_(bindparam("seqs", expanding=True)), col(EventRow.revision).is_(None))
    .values(revision=bindparam("to_revision"), decided_at=bindparam("to_decided_at"))
    .returning(col(EventRow.seq))
)
_UNFINISHED_OF = f"SELECT id FROM execution WHERE id IN (SELECT value FROM json_each(?)) AND {UNFINISHED}"  # noqa: S608
_ADVANCE = DriverSql(
    update(ExecutionRow)
    .where(col(ExecutionRow.id) == bindparam("of_id"), text(UNFINISHED))
    .values(
        status=bindparam("to_status"),
        finished_at=bindparam("to_finished_at"),
        next_attempt_at=bindparam("to_next"),
        hook_version=bindparam("to_version"),  # the version it ran with; waiting ones may have moved on
    )
)
_HIT = DriverSql(
    update(HookRow)
    .where(col(HookRow.id) == bindparam("of_hook"))
    .values(hits=col(HookRow.hits) + bindparam("more"), last_hit_at=bindparam("at"))
)
_HOUR = upsert(HookHourRow)
_ADD_TO_HOUR = DriverSql(
    _HOUR.on_conflict_do_update(
        index_elements=["hook_id", "hour"],
        set_={
            "succeeded": col(HookHourRow.succeeded) + _HOUR.excluded.succeeded,
            "failed": col(HookHourRow.failed) + _HOUR.excluded.failed,
        },
    ),
    ("hook_id", "hour", "succeeded", "failed"),
)


def decide(connection: Connection, batches: Sequence[Sequence[DecidedEvent]]) -> list[None]:
    """Marks the events as decided and inserts their executions; events that are already decided are left alone."""
    for batch in batches:
        seqs = _mark_decided(connection, batch)
        fresh: dict[int, DecidedEvent] = {}
        for one in batch:
            if one.seq in seqs:
                fresh.setdefault(one.seq, one)
        create(connection, [(seq, execution) for seq, one in fresh.items() for execution in one.executions])
    return [None] * len(batches)


def create(connection: Connection, created: Sequence[tuple[int, Execution]]) -> None:
    """Each with the seq of its event."""
    if created:
        _INSERT_EXECUTION.run(connection, [execution_values(execution, seq) for seq, execution in created])
        _count_hits(connection, [execution for _, execution in created if _is_hit(execution)])


def add(connection: Connection, added: Sequence[Execution]) -> list[None]:
    """For events that are already stored; a replay counts as a hit like any other run."""
    for execution in added:
        seq = connection.execute(
            select_columns(col(EventRow.seq)).where(col(EventRow.id) == execution.event_id)
        ).scalar_one()
        _INSERT_EXECUTION.run(connection, [execution_values(execution, seq or 0)])
    _count_hits(connection, added)
    return [None] * len(added)


def start(connection: Connection, steps: Sequence[Progress]) -> list[None]:
    """The attempt counts as interrupted until its end is recorded."""
    _BEGIN_ATTEMPT.run(connection, _attempts_of(steps))
    _ADVANCE.run(connection, [_advance(step.execution) for step in steps])
    return [None] * len(steps)


def _attempts_of(steps: Sequence[Progress]) -> list[dict[str, Any]]:
    return [attempt_values(step.execution.id, step.attempt) for step in steps if step.attempt]


def record(connection: Connection, steps: Sequence[Progress]) -> list[None]:
    """Ignores results for executions that have already finished."""
    ids = orjson.dumps([step.execution.id for step in steps]).decode()
    unfinished = set(connection.exec_driver_sql(_UNFINISHED_OF, (ids,)).scalars())
    timely = [step for step in steps if step.execution.id in unfinished]
    if timely:
        if attempts := _attempts_of(timely):
            _PUT_ATTEMPT.run(connection, attempts)
        _ADVANCE.run(connection, [_advance(step.execution) for step in timely])
        _count_ends(connection, [step.execution for step in timely])
    # The newest per hook: steps arrive in the order in which they ended.
    health = {step.execution.hook_id: step.health for step in timely if step.health}
    if health:
        connection.execute(PUT_HEALTH, [health_values(hook_id, one) for hook_id, one in health.items()])
    return [None] * len(steps)


def cancel(connection: Connection, cancelled: Sequence[Execution]) -> list[None]:
    _ADVANCE.run(connection, [_advance(execution) for execution in cancelled])
    return [None] * len(cancelled)


def add_test(connection: Connection, tests: Sequence[tuple[Event, Execution]]) -> list[None]:
    """The event was never accepted, so it is stored as decided, without a revision."""
    for event, execution in tests:
        values = event_values(event, revision=0, decided_at=event.received_at)
        seq = connection.execute(_INSERT_EVENT.returning(col(EventRow.seq)), values).scalar_one()
        _INSERT_EXECUTION.run(connection, [execution_values(execution, seq or 0)])
    return [None] * len(tests)


def _mark_decided(connection: Connection, batch: Sequence[DecidedEvent]) -> set[int | None]:
    """Returns the seqs that were not decided before."""
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
        "to_version": execution.hook_version,
    }


def _is_hit(execution: Execution) -> bool:
    return execution.status not in SENT_NOTHING and not execution.test


def _count_hits(connection: Connection, executions: Sequence[Execution]) -> None:
    if not executions:
        return
    hits = Counter(execution.hook_id for execution in executions)
    latest = {execution.hook_id: execution.created_at for execution in executions}
    _HIT.run(connection, [{"of_hook": id, "more": more, "at": latest[id]} for id, more in hits.items()])


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
        _ADD_TO_HOUR.run(connection, rows)
