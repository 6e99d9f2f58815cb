"""When a hook that only fails is switched off: after 100 executions in a row, or five days. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.model import Execution, HookHealth, Status

MOST_EXECUTIONS = 100
LONGEST = timedelta(days=5)
FEWEST_ATTEMPTS = 10
"""Time counts from here on: a hook that was hardly called did not fail for days."""
WARNINGS = (90, 70, 50)

HEALTHY = HookHealth()


@dataclass(frozen=True, slots=True)
class Alarm:
    """`percent` of the way to being switched off; 100 is the end of it. `reason` is a sentence for people."""

    percent: int
    reason: str


def after_attempt(health: HookHealth, execution: Execution, at: datetime) -> HookHealth:
    """`execution` as it is after its newest attempt."""
    if execution.status is Status.SUCCEEDED:
        return HEALTHY
    return replace(
        health,
        attempts=health.attempts + 1,
        executions=health.executions + (execution.status is Status.FAILED),
        failing_since=health.failing_since or at,
    )


def after_restart(health: HookHealth, now: datetime) -> HookHealth:
    """The clock may have been set since: whatever it shows, no warning is passed over, and nothing began later."""
    if health.failing_since is None:
        return health
    next_percent = min((level for level in (100, *WARNINGS) if level > health.warned), default=100)
    longest = LONGEST * next_percent / 100
    return replace(health, failing_since=now - min(max(now - health.failing_since, timedelta(0)), longest))


def alarm_of(health: HookHealth, at: datetime) -> Alarm | None:
    """What people have to hear of now, and did not hear before."""
    by_count = 100 * health.executions // MOST_EXECUTIONS
    by_time = 0
    if health.failing_since and health.attempts >= FEWEST_ATTEMPTS:
        by_time = int(100 * (at - health.failing_since) / LONGEST)
    percent = max(by_count, by_time)
    reached = 100 if percent >= 100 else next((level for level in WARNINGS if percent >= level), 0)
    if reached <= health.warned:
        return None
    if by_count >= by_time:
        return Alarm(reached, f"{health.executions} executions failed in a row.")
    hours = (at - (health.failing_since or at)) // timedelta(hours=1)
    return Alarm(reached, f"Every call failed for {hours} hours.")
