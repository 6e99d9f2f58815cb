"""Hook statistics: hits, outcomes, and failures since the last success."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from engine.model import HookHealth, HookStats
from storage.rows.hooks import health_of, read_definition
from storage.tables import PARKED, EventRow, ExecutionRow, HookHealthRow, HookHourRow, HookRow

HOUR_SECONDS = 3_600
DAY_HOURS = 24


def hits_among(session: Session, hook_id: int, before: datetime, events: int) -> tuple[int, int]:
    hook = session.get_one(HookRow, hook_id)
    trigger = read_definition(hook.definition).trigger
    seqs = session.exec(
        select(EventRow.seq)
        .where(EventRow.type == trigger, col(EventRow.received_at) < before, col(EventRow.test).is_(False))
        .order_by(col(EventRow.seq).desc())
        .limit(events)
    ).all()
    fired = select(func.count(func.distinct(ExecutionRow.event_seq))).where(
        ExecutionRow.hook_id == hook_id, col(ExecutionRow.event_seq).in_(seqs)
    )
    return session.exec(fired).one(), len(seqs)


def stats(session: Session, now: datetime) -> dict[int, HookStats]:
    """By hook id, for every hook that is not deleted."""
    since = hour_of(now) - DAY_HOURS + 1
    hours = session.exec(
        select(HookHourRow.hook_id, func.sum(HookHourRow.succeeded), func.sum(HookHourRow.failed))
        .where(HookHourRow.hour >= since)
        .group_by(col(HookHourRow.hook_id))
    )
    ended = {hook_id: (succeeded, failed) for hook_id, succeeded, failed in hours}
    hooks = session.exec(select(HookRow.id, HookRow.hits, HookRow.last_hit_at).where(col(HookRow.deleted_at).is_(None)))
    parked = _parked(session)
    found: dict[int, HookStats] = {}
    for hook_id, hits, last_hit_at in cast("Sequence[tuple[int, int, datetime | None]]", hooks):
        succeeded, failed = ended.get(hook_id, (0, 0))
        found[hook_id] = HookStats(
            hits=hits, last_hit_at=last_hit_at, succeeded=succeeded, failed=failed, parked=parked.get(hook_id, 0)
        )
    return found


def _parked(session: Session) -> dict[int, int]:
    counted = select(ExecutionRow.hook_id, func.count()).where(text(f"execution.{PARKED}"))
    return dict(session.exec(counted.group_by(col(ExecutionRow.hook_id))).all())


_HEALTH = insert(HookHealthRow)
PUT_HEALTH = _HEALTH.on_conflict_do_update(
    index_elements=["hook_id"],
    set_={name: _HEALTH.excluded[name] for name in ("attempts", "executions", "failing_since", "warned")},
)


def health_values(hook_id: int, health: HookHealth) -> dict[str, Any]:
    return {"hook_id": hook_id, **asdict(health)}


def save_health(session: Session, hook_id: int, health: HookHealth) -> None:
    session.connection().execute(PUT_HEALTH, health_values(hook_id, health))


def health(session: Session) -> dict[int, HookHealth]:
    return {row.hook_id: health_of(row) for row in session.exec(select(HookHealthRow))}


def hour_of(moment: datetime) -> int:
    """Hours since the Unix epoch."""
    return int(moment.timestamp()) // HOUR_SECONDS
