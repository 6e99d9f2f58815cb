"""Events that tasks plan: rows with a due time, each fired once."""

from collections.abc import Sequence, Set
from datetime import datetime

from sqlmodel import Session, col, select, text, update

from engine.model import Plan, PlanKind
from engine.ports import Accepted, Due, Firing
from storage.queries import events
from storage.rows.tasks import task_of
from storage.tables import PLANNED, PlanRow, TaskRow


def follow(session: Session, task_id: str, plans: Sequence[Plan]) -> None:
    """A plan for the same moment is kept, fired or not. Any other plan that has not fired is withdrawn."""
    wanted = {plan.kind.value: plan for plan in plans}
    for row in session.exec(select(PlanRow).where(PlanRow.task_id == task_id)).all():
        plan = wanted.get(row.kind)
        if plan is None and row.fired_at is not None:
            continue
        if plan is not None and plan.due_at == row.due_at:
            del wanted[row.kind]
        else:
            session.delete(row)
    session.flush()
    session.add_all(PlanRow(kind=kind, task_id=task_id, due_at=plan.due_at) for kind, plan in wanted.items())
    session.flush()


def due(session: Session, now: datetime, limit: int, without: Set[int]) -> list[Due]:
    """Longest overdue first."""
    rows = session.exec(
        select(PlanRow, TaskRow)
        .join(TaskRow, col(TaskRow.id) == col(PlanRow.task_id))
        .where(text(PLANNED), col(PlanRow.due_at) <= now, col(PlanRow.seq).not_in(without))
        .order_by(col(PlanRow.due_at), col(PlanRow.seq))
        .limit(limit)
    )
    return [
        Due(seq=row.seq or 0, plan=Plan(kind=PlanKind(row.kind), due_at=row.due_at), task=task_of(task))
        for row, task in rows
    ]


def fire(session: Session, firings: Sequence[Firing]) -> list[Accepted | None]:
    """Returns the events; None for a plan that has fired or was withdrawn meanwhile."""
    fired_at = {firing.seq: firing.event.received_at for firing in firings}
    planned = session.exec(select(PlanRow.seq).where(col(PlanRow.seq).in_(fired_at), text(PLANNED))).all()
    fires = [firing for firing in firings if firing.seq in planned]
    if fires:
        at = max(fired_at[firing.seq] for firing in fires)
        session.connection().execute(update(PlanRow).where(col(PlanRow.seq).in_(planned)).values(fired_at=at))
    (emitted,) = events.append(session.connection(), [[firing.event for firing in fires]])
    of_plan = dict(zip((firing.seq for firing in fires), emitted, strict=True))
    return [of_plan.get(firing.seq) for firing in firings]
