"""What runs beside the path of events, in two tables: what never ends, and what is done every so often."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from engine.process.supervisor import Supervisor
from engine.process.ticks import Schedule

Always = tuple[str, Callable[[], Coroutine[Any, Any, None]]]
"""The name of some work without an end, and the work."""
Every = tuple[float, Callable[[], Awaitable[None]]]
"""Seconds, and what is done whenever they have passed."""

FIRST_SECONDS = 120.0
"""What is done seldom is done for the first time so long after the start: many a process does not live for an hour."""


class Background:
    def __init__(
        self, supervisor: Supervisor, schedule: Schedule, *, always: Sequence[Always], every: Sequence[Every]
    ) -> None:
        self._supervisor, self._schedule = supervisor, schedule
        self.always, self.every = always, every

    def start(self) -> None:
        for name, work in self.always:
            self._supervisor.keep(work, name)
        for seconds, work in self.every:
            self._schedule.every(seconds, work, after=min(seconds, FIRST_SECONDS))
        self._schedule.start()

    async def stop(self, seconds: float) -> None:
        """What runs may finish within so many seconds."""
        self._schedule.stop()
        await self._supervisor.stop(seconds)
