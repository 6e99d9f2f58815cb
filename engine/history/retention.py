"""Takes away what is old, in small steps with pauses between, so that nobody notices."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from engine.errors import StoreUnavailable
from engine.ports import Bounds, Old, Upkeep
from engine.process.steady_clock import SteadyClock

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.05
"""After a step that took something away."""
LOOK_SECONDS = 0.005
THOROUGH_EVERY = 24
"""Every so many runs all rows are looked at, the others only look where old ones are expected."""
A_JUMP = timedelta(hours=1)
BELIEVED_AFTER = timedelta(days=1)


class Retention:
    def __init__(self, store: Upkeep, days: int, now: Callable[[], datetime], steady: SteadyClock) -> None:
        self._store, self._keep, self._now, self._steady = store, timedelta(days=days), now, steady
        self._runs = 0
        self._ahead_since: datetime | None = None

    async def run(self) -> None:
        """Once over all that is stored. What failed stays twice as long; what is not finished stays."""
        now = self._believed_now()
        bounds = Bounds(
            now=now,
            before=now - self._keep,
            failed_before=now - 2 * self._keep,
            thorough=self._runs % THOROUGH_EVERY == 0,
        )
        self._runs += 1
        try:
            for kind in Old:
                await self._forget(kind, bounds)
        except StoreUnavailable as error:
            log.warning("what is old cannot be taken away, later again: %s", error)

    async def _forget(self, kind: Old, bounds: Bounds) -> None:
        place = 0
        while step := await self._store.forget(kind, bounds, place):
            place = step.place
            await asyncio.sleep(PAUSE_SECONDS if step.count else LOOK_SECONDS)

    def _believed_now(self) -> datetime:
        """A clock that jumps ahead makes all that is stored look old: it is believed once it stays so for a day."""
        if self._steady.ahead() < A_JUMP:
            self._ahead_since = None
            return self._now()
        now = self._steady()
        if self._ahead_since is None:
            self._ahead_since = now
            log.warning("the clock went ahead: nothing is taken away by it until it has stayed so for a day")
        return self._now() if now - self._ahead_since >= BELIEVED_AFTER else now
