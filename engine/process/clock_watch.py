"""Watches the wall clock. What is due is stored by wall time; when that goes back, it would come too late."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
WORTH_MENTIONING = timedelta(seconds=2)


class ClockWatch:
    """Compares the wall clock with one that never jumps. A clock that goes ahead needs nothing: what is due, is due."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        steady: Callable[[], float],
        went_back: Callable[[timedelta], Awaitable[None]],
    ) -> None:
        self._now, self._steady, self._went_back = now, steady, went_back
        self._last = (now(), steady())

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        now, steady = self._now(), self._steady()
        before, steady_before = self._last
        self._last = (now, steady)
        by = before + timedelta(seconds=steady - steady_before) - now
        if -by > WORTH_MENTIONING:
            log.warning("the clock went ahead by %s: what is due by then is due now", -by)
        await self._check(by)

    async def look_at(self, newest: datetime) -> None:
        """At start: what an earlier process stored cannot have happened later than now."""
        await self._check(newest - self._now())

    async def _check(self, by: timedelta) -> None:
        if by > WORTH_MENTIONING:
            log.warning("the clock went back by %s: what is due comes earlier by as much", by)
            await self._went_back(by)
