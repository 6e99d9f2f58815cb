"""Takes away what is old, in small steps with pauses between, so that nobody notices."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from engine.errors import StoreUnavailable
from engine.history.trusted_clock import TrustedTime, advanced, as_json, from_json
from engine.ports import Bounds, Old, SealStore, Upkeep

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.05
"""After a step that took something away."""
LOOK_SECONDS = 0.005
THOROUGH_EVERY = 24
"""Every so many runs all rows are looked at, the others only look where old ones are expected."""
SETTING = "retention_clock"


class Retention:
    def __init__(
        self, store: Upkeep, settings: SealStore, days: int, now: Callable[[], datetime], steady: Callable[[], float]
    ) -> None:
        """`now` is the wall clock, and `steady` gives seconds of one that never jumps."""
        self._store, self._settings, self._keep = store, settings, timedelta(days=days)
        self._now, self._steady = now, steady
        self._began, self._last_run = now(), steady()
        self._runs = 0

    async def run(self) -> None:
        """Once over all that is stored. What failed stays twice as long; what is not finished stays."""
        try:
            bounds = self._bounds((await self._trusted_time()).at)
            for kind in Old:
                await self._forget(kind, bounds)
        except StoreUnavailable as error:
            log.warning("what is old cannot be taken away, later again: %s", error)

    async def _forget(self, kind: Old, bounds: Bounds) -> None:
        place = 0
        while step := await self._store.forget(kind, bounds, place):
            place = step.place
            await asyncio.sleep(PAUSE_SECONDS if step.count else LOOK_SECONDS)

    def _bounds(self, now: datetime) -> Bounds:
        thorough = self._runs % THOROUGH_EVERY == 0
        self._runs += 1
        return Bounds(now=now, before=now - self._keep, failed_before=now - 2 * self._keep, thorough=thorough)

    async def _trusted_time(self) -> TrustedTime:
        """A clock that has jumped ahead, also before the start, makes all that is stored look old."""
        now, steady = self._now(), self._steady()
        last = from_json(await self._settings.setting(SETTING)) or TrustedTime(self._began)
        trusted = advanced(last, timedelta(seconds=steady - self._last_run), now)
        self._last_run = steady
        if trusted.is_behind and not last.is_behind:
            log.warning("the clock is ahead: nothing is taken away by it until it has been so for a day")
        await self._settings.save_setting(SETTING, as_json(trusted))
        return trusted
