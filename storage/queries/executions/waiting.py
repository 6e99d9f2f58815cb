"""Waiting executions: for their first attempt, the next one, or the hook's active hours."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, or_, text, type_coerce, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from engine.model import Job, Status
from storage.queries.executions.jobs import jobs, joined
from storage.tables import HELD, PARKED, PENDING, UNFINISHED, WAITING, EventRow, ExecutionRow, HookRow


def put_back(session: Session) -> None:
    """Requeues executions that were running when the previous process ended."""
    running = text(f"execution.{UNFINISHED}"), col(ExecutionRow.status) == Status.RUNNING.value
    session.connection().execute(update(ExecutionRow).where(*running).values(status=Status.PENDING.value))


def hooks_with_pending(session: Session) -> list[int]:
    return _hooks_with(session, text(f"execution.{PENDING}"))


def pending(session: Session, hook_id: int, limit: int, without: Set[str]) -> list[Job]:
    """Ordered by id. Ordered hooks yield only the first in each line."""
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


def due(session: Session, hook_id: int, now: datetime, limit: int, without: Set[str]) -> list[Job]:
    """Executions with a due retry, longest overdue first."""
    rows = session.exec(
        joined()
        .where(
            text(f"execution.{WAITING}"),
            col(ExecutionRow.hook_id) == hook_id,
            col(ExecutionRow.next_attempt_at) <= now,
            col(ExecutionRow.id).not_in(without),
        )
        .order_by(col(ExecutionRow.next_attempt_at))
        .limit(limit)
    ).all()
    return jobs(session, rows)


def held(session: Session, now: datetime, limit: int) -> list[Job]:
    """Held executions that may run now, longest overdue first."""
    rows = session.exec(
        joined()
        .where(text(f"execution.{HELD}"), col(ExecutionRow.next_attempt_at) <= now)
        .order_by(col(ExecutionRow.next_attempt_at), col(ExecutionRow.id))
        .limit(limit)
    ).all()
    return jobs(session, rows)


def release(session: Session, execution_ids: Sequence[str]) -> list[str]:
    """Returns the ids of those that were held."""
    statement = (
        update(ExecutionRow)
        .where(col(ExecutionRow.id).in_(execution_ids), col(ExecutionRow.status) == Status.HELD.value)
        .values(status=Status.PENDING.value, next_attempt_at=None)
        .returning(col(ExecutionRow.id))
    )
    return list(session.connection().execute(statement).scalars())


def unpark(session: Session, versions: Sequence[tuple[str, int]]) -> list[str]:
    """Returns the ids of those that were parked; each will run the version given with it."""
    sent: list[str] = []
    for id, version in versions:
        statement = (
            update(ExecutionRow)
            .where(col(ExecutionRow.id) == id, col(ExecutionRow.status) == Status.PARKED.value)
            .values(status=Status.PENDING.value, hook_version=version, reason="")
        )
        if session.connection().execute(statement).rowcount:
            sent.append(id)
    return sent


def waiting_of(session: Session, hook_id: int, most: int) -> int:
    """Counts up to `most`."""
    count = 0
    for waiting in (PENDING, WAITING, HELD):
        some = select(ExecutionRow.hook_id).where(text(f"execution.{waiting}"), col(ExecutionRow.hook_id) == hook_id)
        count += session.exec(select(func.count()).select_from(some.limit(most).subquery())).one()
    return min(count, most)


def has_parked(session: Session, hook_id: int) -> bool:
    parked = select(ExecutionRow.hook_id).where(text(f"execution.{PARKED}"), col(ExecutionRow.hook_id) == hook_id)
    return session.exec(parked.limit(1)).first() is not None


def advance_due(session: Session, by: timedelta) -> None:
    """Adjusts the times in their stored text format."""
    earlier = func.strftime("%Y-%m-%d %H:%M:%f000", col(ExecutionRow.next_attempt_at), f"-{by.total_seconds()} seconds")
    waiting = text(f"execution.{WAITING}")
    session.connection().execute(update(ExecutionRow).where(waiting).values(next_attempt_at=type_coerce(earlier, Text)))


def backlog(session: Session) -> int:
    """The number of undecided events and unfinished executions, excluding parked ones."""
    unfinished = select(func.count()).select_from(ExecutionRow).where(text(f"execution.{UNFINISHED}"))
    return undecided(session) + session.exec(unfinished).one()


def undecided(session: Session) -> int:
    return session.exec(select(func.count()).select_from(EventRow).where(col(EventRow.revision).is_(None))).one()


def _in_line(table: str) -> Any:
    """Repeats the wording of the index."""
    return text(f"{table}.entity <> '' AND {table}.{UNFINISHED}")


def _hooks_with(session: Session, *conditions: Any) -> list[int]:
    """One index lookup per hook, deleted ones included, so it is fast however many rows there are."""
    found = select(ExecutionRow.id).where(col(ExecutionRow.hook_id) == col(HookRow.id), *conditions).exists()
    return [hook_id for hook_id in session.exec(select(HookRow.id).where(found)) if hook_id is not None]
