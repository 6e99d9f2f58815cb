"""One bounded pool for each type of hook, so that a slow type never holds up another; within it, a fair share a hook.

Each hook that has something to run has a queue of its own, and waits in turn with the others for a place in its lane.
So a receiver that hangs takes at most its hook's share of the places.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from engine.errors import StoreUnavailable
from engine.model import HookType, Job
from engine.ports import ExecutionStore
from engine.supervisor import Supervisor
from engine.window import Window

log = logging.getLogger(__name__)

CONCURRENCY = 64
SHARE_OF_A_HOOK = 16
RETRIES_AT_ONCE = 8
RETRY_SWEEP_SECONDS = 1.0
WINDOW = 500


class Lanes:
    """First attempts and retries have places of their own, so that neither starves the other."""

    def __init__(
        self,
        *,
        store: ExecutionStore,
        run: Callable[[Job], Coroutine[Any, Any, object]],
        retry: Callable[[Job], Coroutine[Any, Any, object]],
        now: Callable[[], datetime],
        supervisor: Supervisor,
    ) -> None:
        self._store, self._run, self._retry, self._now, self._supervisor = store, run, retry, now, supervisor
        self._free = {type: asyncio.Semaphore(CONCURRENCY) for type in HookType}
        self._shares: defaultdict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(SHARE_OF_A_HOOK))
        self._queues: dict[int, Window[Job]] = {}
        self._last_taken: dict[int, str] = {}

    async def start(self) -> None:
        """Takes up what an earlier process left."""
        for hook_id in await self._store.hooks_with_unfinished():
            self._open_queue(hook_id, behind=True)
        for type in HookType:
            self._supervisor.keep(partial(self._serve_retries, type), f"retries of lane {type}")

    def offer(self, job: Job) -> None:
        """After its execution was committed."""
        hook_id = job.hook.id
        queue = self._queues.get(hook_id)
        if queue is None:
            queue = self._open_queue(hook_id, behind=False)
        queue.offer(job)

    def _open_queue(self, hook_id: int, *, behind: bool) -> Window[Job]:
        """What was taken before is running or done: a queue that is opened anew begins behind it."""
        queue = Window[Job](
            WINDOW,
            key=_key,
            start=self._last_taken.get(hook_id, ""),
            read=partial(self._store.unfinished, hook_id),
            behind=behind,
        )
        self._queues[hook_id] = queue
        self._supervisor.spawn(self._serve(hook_id, queue), f"queue of hook {hook_id}", serving=True)
        return queue

    async def _serve(self, hook_id: int, queue: Window[Job]) -> None:
        """Until nothing waits."""
        share = self._shares[hook_id]
        try:
            while not queue.drained:
                await share.acquire()
                for job in await queue.take(1):
                    self._last_taken[hook_id] = job.execution.id
                    await self._begin(job, share)
        finally:
            del self._queues[hook_id]

    async def _begin(self, job: Job, share: asyncio.Semaphore) -> None:
        free = self._free[job.execution.hook_type]
        await free.acquire()

        def ended(_: object) -> None:
            free.release()
            share.release()

        self._supervisor.spawn(self._run(job), job.execution.id).add_done_callback(ended)

    async def _serve_retries(self, type: HookType) -> None:
        """Sweeps what is due. What is tried now, or was while the sweep read, may look so still, and is passed over."""
        free = asyncio.Semaphore(RETRIES_AT_ONCE)
        running: set[str] = set()
        ended: set[str] = set()

        def on_end(id: str, _: object) -> None:
            running.discard(id)
            ended.add(id)
            free.release()

        while True:
            ended.clear()
            for job in await self._due(type, len(running) + RETRIES_AT_ONCE):
                if job.execution.id not in running | ended:
                    await free.acquire()
                    running.add(job.execution.id)
                    task = self._supervisor.spawn(self._retry(job), job.execution.id)
                    task.add_done_callback(partial(on_end, job.execution.id))
            await asyncio.sleep(RETRY_SWEEP_SECONDS)

    async def _due(self, type: HookType, limit: int) -> list[Job]:
        try:
            return await self._store.due(type, self._now(), limit)
        except StoreUnavailable as error:
            log.warning("due retries cannot be read, trying again: %s", error)
            return []


def _key(job: Job) -> str:
    return job.execution.id
