"""One bounded pool for each type of hook, so that a slow type never holds up another."""

import asyncio
import logging
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

CONCURRENCY = 32
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
        self._windows = {
            type: Window[Job](WINDOW, key=_key, start="", read=partial(store.unfinished, type)) for type in HookType
        }

    def start(self) -> None:
        for type, window in self._windows.items():
            self._supervisor.keep(partial(self._serve, window), f"lane {type}")
            self._supervisor.keep(partial(self._serve_retries, type), f"retries of lane {type}")

    def offer(self, job: Job) -> None:
        """After its execution was committed."""
        self._windows[job.execution.hook_type].offer(job)

    async def _serve(self, window: Window[Job]) -> None:
        free = asyncio.Semaphore(CONCURRENCY)
        while True:
            await free.acquire()
            for job in await window.take(1):
                task = self._supervisor.spawn(self._run(job), job.execution.id)
                task.add_done_callback(lambda _: free.release())

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
