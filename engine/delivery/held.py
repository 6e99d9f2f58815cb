"""Lets go what was held until its hook's active hours opened."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from engine.delivery.lanes import Lanes
from engine.errors import StoreUnavailable
from engine.feed import Feed
from engine.model import Execution, Job
from engine.model.states import Step, after
from engine.ports import ExecutionStore

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
AT_ONCE = 100


class Release:
    def __init__(self, store: ExecutionStore, lanes: Lanes, feed: Feed, now: Callable[[], datetime]) -> None:
        self._store, self._lanes, self._feed, self._now = store, lanes, feed, now

    async def run(self) -> None:
        """For as long as the process lives. What is let go joins its hook's queue, as if it had fired just now."""
        while True:
            more = False
            try:
                jobs = await self._store.held(self._now(), AT_ONCE)
                await self.let_go(jobs)
                more = len(jobs) == AT_ONCE
            except StoreUnavailable as error:
                log.warning("what is held cannot be let go, trying again: %s", error)
            if not more:
                await asyncio.sleep(SWEEP_SECONDS)

    async def let_go(self, jobs: Sequence[Job]) -> list[Execution]:
        """Those that were held still."""
        if not jobs:
            return []
        released = set(await self._store.release([job.execution.id for job in jobs]))
        waiting = [replace(job, execution=_waiting(job.execution)) for job in jobs if job.execution.id in released]
        for job in waiting:
            self._feed.publish(job.execution)
            self._lanes.offer(job)
        return [job.execution for job in waiting]


def _waiting(execution: Execution) -> Execution:
    return replace(execution, status=after(execution.status, Step.RELEASE), next_attempt_at=None)
