"""Executions for lists. Requests and responses of attempts may be large, and are not read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.model import Execution, Hook, Job, Status
from storage.queries.executions.jobs import JobRow
from storage.rows.events import event_of
from storage.rows.executions import attempt_listed, execution_of
from storage.rows.hooks import hook_at_version
from storage.tables import AttemptRow, EventRow

LIGHT = defer(cast("Any", EventRow.data))
"""An event's data may be large, and no list shows it."""
_ATTEMPT_LIGHT = defer(cast("Any", AttemptRow.request)), defer(cast("Any", AttemptRow.response))


def listed(session: Session, rows: Sequence[JobRow]) -> list[Execution]:
    return [execution for execution, _ in _listed(session, rows)]


def listed_jobs(session: Session, rows: Sequence[JobRow]) -> list[Job]:
    """With their complete events."""
    found = zip(_listed(session, rows), rows, strict=True)
    return [Job(execution=execution, event=event_of(event), hook=hook) for (execution, hook), (_, event, *_) in found]


def _listed(session: Session, rows: Sequence[JobRow]) -> list[tuple[Execution, Hook]]:
    attempts = _attempts(session, [execution.id for execution, *_ in rows])
    hooks: dict[int, Hook] = {}
    found: list[tuple[Execution, Hook]] = []
    for execution, event, hook_row, version in rows:
        revision = version.revision or 0
        hook = hooks.get(revision) or hooks.setdefault(revision, hook_at_version(hook_row, version))
        ended = attempts[execution.id]
        if execution.status == Status.RUNNING.value:  # the newest attempt is still running and has no end yet
            ended = ended[:-1]
        shown = tuple(attempt_listed(one, hook.definition.actions[one.action]) for one in ended)
        found.append((execution_of(execution, event, hook.definition.title, shown), hook))
    return found


def _attempts(session: Session, ids: Sequence[str]) -> defaultdict[str, list[AttemptRow]]:
    attempts: defaultdict[str, list[AttemptRow]] = defaultdict(list)
    order = (col(AttemptRow.execution_id), col(AttemptRow.number))
    statement = select(AttemptRow).where(col(AttemptRow.execution_id).in_(ids)).order_by(*order)
    for row in session.exec(statement.options(*_ATTEMPT_LIGHT)):
        attempts[row.execution_id].append(row)
    return attempts
