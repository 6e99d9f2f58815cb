"""Makes what was planned come true: finds what is due, stores its events, and hands them to the corridor.

What is planned is rows. That one has come true, and the event that it emits, are one transaction: killed at any moment,
it comes once. What fell due while the process was down comes at the next start, late, and says so.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

from engine.delivery.intake import Pipeline
from engine.errors import Overloaded, StoreUnavailable
from engine.ports import Accepted
from engine.process.backlog import Backlog

log = logging.getLogger(__name__)

BATCH = 50
PAUSE_SECONDS = 0.1
"""Between full batches: 500 events a second at most, so that what comes in live goes on meanwhile."""


class Source(Protocol):
    """Something that falls due."""

    async def due(self, limit: int) -> Sequence[Any]:
        """The longest due first. Raises StoreUnavailable."""
        ...

    async def fire(self, due: Sequence[Any]) -> list[Accepted]:
        """The events that came of it and are on disk. Raises StoreUnavailable."""
        ...


class Sweep:
    def __init__(self, sources: Sequence[Source], backlog: Backlog, pipeline: Pipeline) -> None:
        self._sources, self._backlog, self._pipeline = sources, backlog, pipeline
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def look(self) -> None:
        """By the clock."""
        self.wake()

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while await self.fire_due() >= BATCH:  # noqa: ASYNC110 (it works)
                    await asyncio.sleep(PAUSE_SECONDS)
            except (Overloaded, StoreUnavailable) as error:
                log.warning("what is due waits: %s", error)

    async def fire_due(self) -> int:
        """A batch of each source; gives how much the fullest of them had. Raises Overloaded, StoreUnavailable."""
        fullest = 0
        for source in self._sources:
            if due := await source.due(BATCH):
                self._backlog.admit(len(due))
                for accepted in await source.fire(due):
                    self._pipeline.offer(accepted)
                fullest = max(fullest, len(due))
        return fullest
