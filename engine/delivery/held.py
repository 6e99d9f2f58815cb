"""Releases what was held until its hook's active hours, and what was parked."""

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
        self._offer(waiting)
        return [job.execution for job in waiting]

    async def unpark(self, jobs: Sequence[Job]) -> list[Execution]:
        """Those that were still parked; each runs the hook version that its job has."""
        if not jobs:
            return []
        versions = [(job.execution.id, job.hook.version) for job in jobs]
        sent = set(await insist(partial(self._store.unpark, versions), "parked executions cannot be sent"))
        waiting = [_by_its_version(job) for job in jobs if job.execution.id in sent]
        self._offer(waiting)
        return [job.execution for job in waiting]

    def _offer(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._feed.publish(job.execution)
            self._lanes.offer(job)

    async def _let_go_of_due(self) -> int:
        jobs = await self._store.held(self._now(), AT_ONCE)
        await self.let_go(jobs)
        return len(jobs)


def _by_its_version(job: Job) -> Job:
    return replace(job, execution=replace(_waiting(job.execution), hook_version=job.hook.version, reason=""))


def _waiting(execution: Execution) -> Execution:
    return replace(execution, status=after(execution.status, Step.RELEASE), next_attempt_at=None)
