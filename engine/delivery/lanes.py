"""One bounded pool for each type of hook, so that a slow type never holds up another; within it, a fair share a hook.

Each hook that has something to run has queues of its own, one for what came live and one for bulk, which wait in turn
with those of others for a place in its lane.
So a receiver that hangs takes at most its hook's share of the places, and one that is paused takes none. First attempts
and retries have places of their own, so that neither starves the other. A place is free once its
call has ended, before the result is on disk: so a slow disk delays no calls, until too many results wait for it.

Executions of an ordered hook about the same lead or call go one after the other: one that is not the first of its line
is passed over, and begun when the one before it has ended.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from engine.delivery.breaker import Breaker, target_of
from engine.delivery.dispatch import Dispatcher
from engine.delivery.lane_settings import AllLaneSettings
from engine.delivery.places import Places
from engine.model import HookType, Job, LaneSettings, Status
from engine.model.states import FINISHED
from engine.ports import ExecutionStore
from engine.process.insist import insist
from engine.process.spill_queue import SpillQueue
from engine.process.supervisor import Supervisor
from engine.rules.sequence import first_target

PART_OF_A_HOOK = 4
PART_OF_BULK = 2
PART_OF_RETRIES = 2
"""A hook's share is half of these: one that only fails leaves room for the retries of others."""
UNRECORDED = 2
"""For each place of a lane, so many results may wait for the disk: with the running calls, what a crash may repeat."""
RETRIES_AT_A_LOOK = 16
RETRY_SWEEP_SECONDS = 1.0
LOOK_AROUND_SECONDS = 60.0
LONGEST_SLEEP_SECONDS = 1.0
UNREADABLE = "what waits cannot be read"
WINDOW = 500


@dataclass(slots=True, kw_only=True)
class _Places:
    """The places of a lane. `share` is how many one hook may take, and `bulk_share` how many of these for bulk."""

    first: Places
    retries: Places
    unrecorded: Places
    share: int
    bulk_share: int

    def resize(self, concurrency: int) -> None:
        self.first.resize(concurrency)
        self.retries.resize(max(1, concurrency // PART_OF_RETRIES))
        self.unrecorded.resize(concurrency * UNRECORDED)
        self.share = max(1, concurrency // PART_OF_A_HOOK)
        self.bulk_share = max(1, self.share // PART_OF_BULK)


@dataclass(slots=True, kw_only=True)
class _Hook:
    """What runs of a hook, or is about to (`begun`, by execution id), and what waits: live (False) and bulk (True)."""

    id: int
    share: Places = field(default_factory=lambda: Places(1))
    bulk_share: Places = field(default_factory=lambda: Places(1))
    retry_share: Places = field(default_factory=lambda: Places(1))
    begun: set[str] = field(default_factory=set[str])
    queues: dict[bool, SpillQueue[Job]] = field(default_factory=dict[bool, SpillQueue[Job]])
    retrying: bool = False
    in_line: asyncio.Lock = field(default_factory=asyncio.Lock)


class Lanes:
    def __init__(
        self,
        *,
        store: ExecutionStore,
        dispatcher: Dispatcher,
        breaker: Breaker,
        settings: AllLaneSettings,
        now: Callable[[], datetime],
        supervisor: Supervisor,
    ) -> None:
        self._store, self._dispatcher, self._breaker = store, dispatcher, breaker
        self._now, self._supervisor = now, supervisor
        self._places = {type: _new_places() for type in HookType}
        self._hooks: dict[int, _Hook] = {}
        settings.subscribe(self.resize)

    async def start(self) -> None:
        """Takes up what an earlier process left, in the background."""
        await self._store.put_back()
        self._supervisor.keep(self._look_around, "what was left")
        self._supervisor.keep(self._sweep, "retries")

    def resize(self, type: HookType, settings: LaneSettings) -> None:
        """Calls that run already are left to end."""
        self._places[type].resize(settings.concurrency)

    def offer(self, job: Job) -> None:
        """After its execution was committed."""
        hook = self._hook(job.hook.id)
        self._queue_of(hook, bulk=job.execution.bulk, behind=False).offer(job)

    async def run_now(self, job: Job, store: Awaitable[None]) -> None:
        """For a test, which somebody waits for: once it is stored, it passes by queues, places and pauses."""
        hook, id = self._hook(job.hook.id), job.execution.id
        hook.begun.add(id)
        try:
            await store
        except BaseException:
            hook.begun.discard(id)
            raise
        self._supervisor.spawn(self._perform(hook, job, "", ()), id).add_done_callback(partial(_ended, hook, id))

    def _hook(self, hook_id: int) -> _Hook:
        if hook_id not in self._hooks:
            self._hooks[hook_id] = _Hook(id=hook_id)
        return self._hooks[hook_id]

    def _queue_of(self, hook: _Hook, *, bulk: bool, behind: bool) -> SpillQueue[Job]:
        """The one that is open, or a new one."""
        if bulk not in hook.queues:
            read = partial(self._pending, hook, bulk)
            hook.queues[bulk] = SpillQueue[Job](WINDOW, key=_key, read=read, behind=behind)
            self._supervisor.spawn(self._serve(hook, bulk), f"queue of hook {hook.id}", serving=True)
        return hook.queues[bulk]

    async def _pending(self, hook: _Hook, bulk: bool, limit: int) -> list[Job]:
        return await self._store.pending(hook.id, limit, frozenset(hook.begun), bulk=bulk)

    async def _serve(self, hook: _Hook, bulk: bool) -> None:
        """Until nothing waits."""
        queue = hook.queues[bulk]
        try:
            while not queue.drained:
                for job in await queue.take(1):
                    if await self._claim(hook, job):
                        await self._begin(hook, job)
        finally:
            del hook.queues[bulk]

    async def _claim(self, hook: _Hook, job: Job) -> bool:
        """Whether it is its turn; then it counts as begun."""
        id, entity = job.execution.id, job.execution.entity
        async with hook.in_line:
            if id in hook.begun:
                return False
            if entity:
                first = await insist(partial(self._store.first_in_line, hook.id, entity), UNREADABLE)
                if first is None or first.execution.id != id:
                    return False
            hook.begun.add(id)
            return True

    async def _begin(self, hook: _Hook, job: Job) -> None:
        """The first attempt, or what was put back."""
        places = self._places[job.execution.hook_type]
        hook.share.resize(places.share)
        hook.bulk_share.resize(places.bulk_share)
        shares = (hook.bulk_share, hook.share) if job.execution.bulk else (hook.share,)
        await self._begin_in(hook, job, shares, places.first)

    async def _begin_again(self, hook: _Hook, job: Job) -> None:
        places, id = self._places[job.execution.hook_type], job.execution.id
        if id in hook.begun:
            return
        hook.begun.add(id)
        hook.retry_share.resize(places.share)
        await self._begin_in(hook, job, (hook.retry_share,), places.retries)

    async def _begin_in(self, hook: _Hook, job: Job, shares: Sequence[Places], lane: Places) -> None:
        """Waits for the hook's share, the target and a place in the lane, in this order."""
        id = job.execution.id
        try:
            for share in shares:
                await share.take(id)
            target = await self._admitted(job)
            await lane.take(id)
        except BaseException:
            hook.begun.discard(id)
            _release(shares, id)
            raise
        places = (lane, *shares)
        task = self._supervisor.spawn(self._perform(hook, job, target, places), id)

        def ended(task: asyncio.Task[None]) -> None:
            _release(places, id)
            _ended(hook, id, task)

        task.add_done_callback(ended)

    async def _perform(self, hook: _Hook, job: Job, target: str, places: Sequence[Places]) -> None:
        """Gives its places back once the calls are over, if one more result may wait for the disk."""
        id, unrecorded = job.execution.id, self._places[job.execution.hook_type].unrecorded
        try:
            ending = await self._dispatcher.run(job)
        finally:
            self._breaker.give_back(target)
        if unrecorded.take_if_free(id):
            _release(places, id)
        try:
            execution = await self._dispatcher.record(ending)
        finally:
            unrecorded.give_back(id)
        if execution.entity and execution.status in FINISHED:
            self._supervisor.spawn(self._follow(hook, execution.entity), f"the line of {execution.id}", serving=True)

    async def _follow(self, hook: _Hook, entity: str) -> None:
        """Begins what is the first of the line now."""
        async with hook.in_line:
            begun = frozenset(hook.begun)
            job = await insist(partial(self._store.first_in_line, hook.id, entity), UNREADABLE)
            if job is None or job.execution.status is not Status.PENDING or job.execution.id in begun:
                return
            hook.begun.add(job.execution.id)
        await self._begin(hook, job)

    async def _admitted(self, job: Job) -> str:
        """Returns when the target may be called."""
        target = target_of(first_target(job.hook.definition, job.execution.attempts))
        while seconds := self._breaker.claim(target):  # noqa: ASYNC110 (many wait, each for its own target)
            await asyncio.sleep(min(seconds, LONGEST_SLEEP_SECONDS))
        return target

    async def _look_around(self) -> None:
        """Takes up what waits on disk and in no queue: at first all of it, later what a fault let fall."""
        while True:
            for hook_id in await insist(self._store.hooks_with_pending, UNREADABLE):
                for bulk in (False, True):
                    self._queue_of(self._hook(hook_id), bulk=bulk, behind=True)
            await asyncio.sleep(LOOK_AROUND_SECONDS)

    async def _sweep(self) -> None:
        """Wakes the hooks that have retries due."""
        while True:
            for hook_id in await insist(partial(self._store.hooks_with_due, self._now()), UNREADABLE):
                hook = self._hook(hook_id)
                if not hook.retrying:
                    hook.retrying = True
                    self._supervisor.spawn(self._serve_due(hook), f"retries of hook {hook_id}", serving=True)
            await asyncio.sleep(RETRY_SWEEP_SECONDS)

    async def _serve_due(self, hook: _Hook) -> None:
        """Begins each as soon as there is a place, until no more are due."""
        try:
            while jobs := await insist(partial(self._due, hook), UNREADABLE):
                for job in jobs:
                    await self._begin_again(hook, job)
        finally:
            hook.retrying = False

    async def _due(self, hook: _Hook) -> list[Job]:
        return await self._store.due(hook.id, self._now(), RETRIES_AT_A_LOOK, frozenset(hook.begun))


def _ended(hook: _Hook, id: str, task: asyncio.Task[None]) -> None:
    """What a fault let fall is not taken up at once, as it would fall again."""
    if task.cancelled() or task.exception() is None:
        hook.begun.discard(id)
    else:
        task.get_loop().call_later(LOOK_AROUND_SECONDS, hook.begun.discard, id)


def _release(places: Sequence[Places], id: str) -> None:
    """Those that are still taken."""
    for one in places:
        one.give_back(id)


def _new_places() -> _Places:
    usual = LaneSettings().concurrency
    first, retries, unrecorded = Places(usual), Places(usual), Places(usual)
    places = _Places(first=first, retries=retries, unrecorded=unrecorded, share=usual, bulk_share=usual)
    places.resize(usual)
    return places


def _key(job: Job) -> str:
    return job.execution.id
