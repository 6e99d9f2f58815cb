"""The bound of what may wait of one hook. What comes beyond is parked: kept, told once, and sent when somebody says so.

So a receiver that is dead costs its own hook, and neither the front door nor any other hook.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.messages.notices import Notices
from engine.model import Execution, Job, Status
from engine.ports import ExecutionStore
from engine.process.insist import insist

UNREADABLE = "what waits of a hook cannot be counted"


class Parking:
    """Remembers how many came since they were counted on disk, and counts again where that would be too many."""

    def __init__(self, store: ExecutionStore, notices: Notices, most: int) -> None:
        self._store, self._notices, self.most = store, notices, most
        self._at_most: dict[int, int] = {}
        self._full: dict[int, str] = {}

    async def park(self, jobs: Sequence[Job]) -> list[Job]:
        """The same jobs in their order; the newest of a hook of which too many wait are parked."""
        coming = Counter(job.hook.id for job in jobs if _waits(job))
        room = {hook_id: await self._room(hook_id, count) for hook_id, count in coming.items()}
        placed: list[Job] = []
        for job in jobs:
            room[job.hook.id] = room.get(job.hook.id, 0) - _waits(job)
            fits = not _waits(job) or room[job.hook.id] >= 0
            placed.append(job if fits else replace(job, execution=parked(job.execution, self.most)))
        for hook_id, count in coming.items():
            self._at_most[hook_id] += min(count, count + room[hook_id])
            if room[hook_id] < 0:
                await self._remember(next(job for job in placed if job.hook.id == hook_id))
        return placed

    async def tell(self) -> None:
        """Once they are stored: one notice for each hook of which nothing was parked before."""
        full, self._full = self._full, {}
        for hook_id, title in full.items():
            text = f"{self.most:,} of its executions wait. What comes now is parked, until you send it."
            link = f"/executions?hook_id={hook_id}&status={Status.PARKED}"
            await self._notices.tell("bad", f"Too many wait for “{title}”", text, link)

    async def _room(self, hook_id: int, count: int) -> int:
        """For how many there is room, as far as it matters to so many."""
        if self._at_most.get(hook_id, self.most) + count > self.most:
            self._at_most[hook_id] = await insist(partial(self._store.waiting_of, hook_id, self.most), UNREADABLE)
        return self.most - self._at_most[hook_id]

    async def _remember(self, job: Job) -> None:
        if not await insist(partial(self._store.has_parked, job.hook.id), UNREADABLE):
            self._full[job.hook.id] = job.execution.hook_title


def _waits(job: Job) -> bool:
    return job.execution.status in {Status.PENDING, Status.HELD} and not job.execution.test


def parked(execution: Execution, most: int) -> Execution:
    """It does not count as a run."""
    reason = f"Parked: {most:,} executions of this hook wait already."
    return replace(execution, status=Status.PARKED, next_attempt_at=None, counts_at=None, reason=reason)
