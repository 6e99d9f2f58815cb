"""Takes away what is old, in small steps with pauses between, so that nobody notices."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from engine.errors import StoreUnavailable
from engine.ports import Upkeep

log = logging.getLogger(__name__)

STEP = 200
PAUSE_SECONDS = 0.1


class Retention:
    def __init__(self, store: Upkeep, days: int, now: Callable[[], datetime]) -> None:
        self._store, self._keep, self._now = store, timedelta(days=days), now

    async def run(self) -> None:
        """Once over all that is stored. What failed stays twice as long; what is not finished stays."""
        now = self._now()
        before, failed_before = now - self._keep, now - 2 * self._keep
        try:
            await self._store.tidy(failed_before, now)
            await self._store.forget_metrics(now, before)
            place: tuple[int, int] | None = (0, 0)
            while place := await self._store.forget(before, failed_before, place, STEP):  # noqa: ASYNC110 (it works)
                await asyncio.sleep(PAUSE_SECONDS)
        except StoreUnavailable as error:
            log.warning("what is old cannot be taken away, later again: %s", error)
