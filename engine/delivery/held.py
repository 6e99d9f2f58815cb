"""Lets go what was held until its hook's active hours opened, and what was parked."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from engine.delivery.lanes import Lanes
from engine.feed import Feed
from engine.model import Execution, Job
from engine.model.states import Step, after
from engine.ports import ExecutionStore
from engine.process.insist import insist

SWEEP_SECONDS = 1.0
AT_ONCE = 100


class Release:
    def __init__(self, store: ExecutionStore, lanes: Lanes, feed: Feed, now: Callable[[], datetime]) -> None:
        self._store, self._lanes, self._feed, self._now = store, lanes, feed, now

    async def run(self) -> None:
        """For as long as the process lives. What is let go joins its hook's queue, as if it had fired just now."""
        while True:
            if await insist(self._let_go_of_due, "what is held cannot be let go") < AT_ONCE:
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

    async def unpark(self, jobs: Sequence[Job]) -> list[Job]:
        """Those that were parked still, as they wait now: each by the version of its hook that it comes with. They are
        for the caller to offer."""
        versions = [(job.execution.id, job.hook.version) for job in jobs]
        sent = set(await insist(partial(self._store.unpark, versions), "what is parked cannot be sent"))
        waiting = [_by_its_version(job) for job in jobs if job.execution.id in sent]
        for job in waiting:
            self._feed.publish(job.execution)
        return waiting

    async def _let_go_of_due(self) -> int:
        jobs = await self._store.held(self._now(), AT_ONCE)
        await self.let_go(jobs)
        return len(jobs)


def _by_its_version(job: Job) -> Job:
    return replace(job, execution=replace(_waiting(job.execution), hook_version=job.hook.version, reason=""))


def _waiting(execution: Execution) -> Execution:
    return replace(execution, status=after(execution.status, Step.RELEASE), next_attempt_at=None)
