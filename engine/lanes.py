"""One bounded pool for each type of hook, so that a slow type never holds up another."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from engine.model import HookType, Job
from engine.ports import ExecutionStore
from engine.supervisor import Supervisor
from engine.window import Window

CONCURRENCY = 32
WINDOW = 500


class Lanes:
    def __init__(
        self, *, store: ExecutionStore, run: Callable[[Job], Coroutine[Any, Any, object]], supervisor: Supervisor
    ) -> None:
        self._run, self._supervisor = run, supervisor
        self._windows = {
            type: Window[Job](WINDOW, key=_key, start="", read=partial(store.unfinished, type)) for type in HookType
        }

    def start(self) -> None:
        for type, window in self._windows.items():
            self._supervisor.keep(partial(self._serve, window), f"lane {type}")

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


def _key(job: Job) -> str:
    return job.execution.id
