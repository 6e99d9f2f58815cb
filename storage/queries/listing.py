"""Executions for lists: how each attempt went. What was sent and what came back may be large, and is not read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.model import Execution, HookDefinition, Status
from storage.rows import attempt_listed, execution_of, read_definition
from storage.tables import AttemptRow, EventRow, ExecutionRow, HookRow, HookVersionRow

LIGHT = defer(cast("Any", EventRow.data))
"""An event's data may be large, and no list shows it."""
_ATTEMPT_LIGHT = defer(cast("Any", AttemptRow.request)), defer(cast("Any", AttemptRow.response))

Row = tuple[ExecutionRow, EventRow, HookRow, HookVersionRow]


def listed(session: Session, rows: Sequence[Row]) -> list[Execution]:
    attempts = _attempts(session, [execution.id for execution, *_ in rows])
    definitions: dict[int, HookDefinition] = {}
    found: list[Execution] = []
    for execution, event, _, version in rows:
        revision = version.revision or 0
        definition = definitions.get(revision) or definitions.setdefault(revision, read_definition(version.definition))
        ended = attempts[execution.id]
        if execution.status == Status.RUNNING.value:  # the newest is the one that runs, and has no end yet
            ended = ended[:-1]
        shown = tuple(attempt_listed(one, definition.actions[one.action]) for one in ended)
        found.append(execution_of(execution, event, definition.title, shown))
    return found


def _attempts(session: Session, ids: Sequence[str]) -> defaultdict[str, list[AttemptRow]]:
    attempts: defaultdict[str, list[AttemptRow]] = defaultdict(list)
    order = (col(AttemptRow.execution_id), col(AttemptRow.number))
    statement = select(AttemptRow).where(col(AttemptRow.execution_id).in_(ids)).order_by(*order)
    for row in session.exec(statement.options(*_ATTEMPT_LIGHT)):
        attempts[row.execution_id].append(row)
    return attempts
