"""When hooks on a schedule run next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """When a hook runs next by its schedule."""

    hook_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRun:
    """What becomes of a timer: the event that it emits (None: it is only moved), and when it runs next, if ever."""

    timer: Timer
    event: Event | None
    next_at: datetime | None


class TimerStore(Protocol):
    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        """The longest due first."""
        ...

    async def run_timers(self, runs: Sequence[TimerRun]) -> list[int | None]:
        """Moves the timers and stores their events, in one transaction; gives each event's seq.

        None, and nothing is stored, where a timer is no longer as it was.
        """
        ...

    async def timers(self) -> list[Timer]: ...
