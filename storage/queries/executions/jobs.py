"""Executions with everything needed to run or show them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from engine.model import Attempt, Hook, Job, Status
from storage.rows.events import event_of
from storage.rows.executions import attempt_of, execution_of
from storage.rows.hooks import hook_at_version
from storage.tables import AttemptRow, EventRow, ExecutionRow, HookRow, HookVersionRow

JobRow = tuple[ExecutionRow, EventRow, HookRow, HookVersionRow]


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


def jobs(session: Session, rows: Sequence[JobRow]) -> list[Job]:
    attempts = _attempts(session, [execution.id for execution, *_ in rows])
    hooks: dict[tuple[int, int], Hook] = {}
    jobs: list[Job] = []
    for execution, event, hook_row, version in rows:
        known = (version.hook_id, version.version)
        if known not in hooks:
            hooks[known] = hook_at_version(hook_row, version)
        hook = hooks[known]
        ended = attempts[execution.id]
        if execution.status == Status.RUNNING.value:  # the newest attempt is still running and has no end yet
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
