"""Bounds the waiting executions of each hook. Those beyond are parked: kept, announced once, and sent on request.

So a receiver that is down affects its own hook only, not ingest or other hooks.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.messages.notices import Notices
from engine.model import Execution, Job, Status
from engine.ports import ExecutionStore
from engine.process.insist import insist

UNREADABLE = "the waiting executions of a hook cannot be counted"


class Parking:
    """Keeps an upper bound of each count, and counts on disk only when that bound would be exceeded."""

    def __init__(self, store: ExecutionStore, notices: Notices, most: int) -> None:
        self._store, self._notices, self.most = store, notices, most
        self._at_most: dict[int, int] = {}
        self._full: dict[int, str | None] = {}

    def passes(self, jobs: Sequence[Job]) -> bool:
        """Whether none of them has to be parked, as far as can be said without a count; then their places are taken."""
        coming = Counter(job.hook.id for job in jobs if _waits(job))
        if any(self._at_most.get(hook_id, self.most) + count > self.most for hook_id, count in coming.items()):
            return False
        for hook_id, count in coming.items():
            self._at_most[hook_id] += count
        return True

    async def park(self, jobs: Sequence[Job]) -> list[Job]:
        """Returns the same jobs in the same order; of a hook with too many waiting, the newest are parked."""
        coming = Counter(job.hook.id for job in jobs if _waits(job))
        for hook_id, count in coming.items():
            await self._count_if_close(hook_id, count)
        return [await self._placed(job) if _waits(job) else job for job in jobs]

    async def tell(self) -> None:
        """Call once they are stored: sends one notice per hook that had nothing parked before."""
        full, self._full = self._full, {}
        for hook_id, title in full.items():
            if title is None:
                continue
            text = f"{self.most:,} of its executions are waiting. New ones are parked until you send them."
            link = f"/executions?hook_id={hook_id}&status={Status.PARKED}"
            await self._notices.tell("bad", f"Too many executions of “{title}” are waiting", text, link)

    async def _count_if_close(self, hook_id: int, count: int) -> None:
        if self._at_most.get(hook_id, self.most) + count > self.most:
            self._at_most[hook_id] = await insist(partial(self._store.waiting_of, hook_id, self.most), UNREADABLE)

    async def _placed(self, job: Job) -> Job:
        hook_id = job.hook.id
        if self._at_most[hook_id] < self.most:
            self._at_most[hook_id] += 1
            return job
        await self._note_full(job)
        return replace(job, execution=parked(job.execution, self.most))

    async def _note_full(self, job: Job) -> None:
        """Once per batch; the notice is for `tell`, as nothing is stored yet."""
        hook_id = job.hook.id
        if hook_id not in self._full:
            had = await insist(partial(self._store.has_parked, hook_id), UNREADABLE)
            self._full[hook_id] = None if had else job.execution.hook_title


def _waits(job: Job) -> bool:
    return job.execution.status in {Status.PENDING, Status.HELD} and not job.execution.test


def parked(execution: Execution, most: int) -> Execution:
    """A parked execution does not count as a run."""
    reason = f"Parked: {most:,} executions of this hook were waiting already."
    return replace(execution, status=Status.PARKED, next_attempt_at=None, counts_at=None, reason=reason)
