"""Executions waiting with an older version of their hook."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from engine.model import Hook, Status
from storage.tables import AttemptRow, ExecutionRow

_WAITING = (Status.PENDING.value, Status.RETRYING.value, Status.HELD.value, Status.PARKED.value)


def count(session: Session, hook: Hook) -> int:
    return session.exec(select(func.count()).select_from(ExecutionRow).where(*_behind(hook))).one()


def move(session: Session, hook: Hook) -> int:
    """Returns how many were moved."""
    moved = session.connection().execute(update(ExecutionRow).where(*_behind(hook)).values(hook_version=hook.version))
    return moved.rowcount


def _behind(hook: Hook) -> Iterable[Any]:
    """Leaves out executions with attempts at an action that the hook no longer has."""
    beyond = select(AttemptRow.seq).where(
        col(AttemptRow.execution_id) == col(ExecutionRow.id), col(AttemptRow.action) >= len(hook.definition.actions)
    )
    yield col(ExecutionRow.status).in_(_WAITING)
    yield col(ExecutionRow.hook_id) == hook.id
    yield col(ExecutionRow.hook_version) < hook.version
    yield col(ExecutionRow.test).is_(False)
    yield ~beyond.exists()
