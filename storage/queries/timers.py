"""Next run times of scheduled hooks, each fired once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from engine.ports import Accepted, Timer, TimerRun
from storage.queries import events
from storage.tables import TimerRow


def put(session: Session, hook_id: int, due_at: datetime | None) -> None:
    """None removes the timer."""
    row = session.get(TimerRow, hook_id)
    if due_at is not None:
        session.merge(TimerRow(hook_id=hook_id, due_at=due_at))
    elif row is not None:
        session.delete(row)


def due(session: Session, now: datetime, limit: int) -> list[Timer]:
    """Longest overdue first."""
    rows = session.exec(select(TimerRow).where(TimerRow.due_at <= now).order_by(col(TimerRow.due_at)).limit(limit))
    return [Timer(hook_id=row.hook_id, due_at=row.due_at) for row in rows]


def all_timers(session: Session) -> list[Timer]:
    return [Timer(hook_id=row.hook_id, due_at=row.due_at) for row in session.exec(select(TimerRow))]


def run(session: Session, runs: Sequence[TimerRun]) -> list[Accepted | None]:
    """Returns the events; None for a timer that has changed meanwhile, or a run without an event."""
    emitted: list[Accepted | None] = []
    for one in runs:
        row = session.get(TimerRow, one.timer.hook_id)
        if row is None or row.due_at != one.timer.due_at:
            emitted.append(None)
            continue
        put(session, one.timer.hook_id, one.next_at)
        emitted += events.append(session.connection(), [[one.event]])[0] if one.event else [None]
    return emitted
