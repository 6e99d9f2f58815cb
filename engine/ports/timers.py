"""The next runs of hooks on a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Event
from engine.ports.events import Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """The next run of a hook on a schedule."""

    hook_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRun:
    """A timer's update: the event that it emits (None: it is only rescheduled), and its next run, if any."""

    timer: Timer
    event: Event | None
    next_at: datetime | None


class TimerStore(Protocol):
    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        """Longest overdue first."""
        ...

    async def run_timers(self, runs: Sequence[TimerRun]) -> list[Accepted | None]:
        """Reschedules the timers and stores their events, in one transaction; returns the events.

        None, and nothing is stored, if a timer was changed meanwhile.
        """
        ...

    async def timers(self) -> list[Timer]: ...
