"""Tasks that outlive their caller: kept from the collector, their failures logged, all ended together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSE_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 5.0


class Supervisor:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._serving: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], name: str, *, serving: bool = False) -> asyncio.Task[T]:
        """`serving` work takes up more and more: it ends first when all ends."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        if serving:
            self._serving.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """For work without an end: where it fails all the same, the log tells, and it starts over."""
        self.spawn(self._again_and_again(work, name), name, serving=True)

    async def stop(self, seconds: float = 0.0) -> None:
        """Ends what serves, gives all other so long to finish, and cancels what runs even then."""
        await self._cancel(self._serving)
        if self._tasks and seconds:
            await asyncio.wait(self._tasks, timeout=seconds)
        await self._cancel(self._tasks)

    async def _cancel(self, tasks: set[asyncio.Task[Any]]) -> None:
        """Asks again those that go on: in Python 3.11, `wait_for` loses a cancellation that comes as its work ends."""
        ending = set(tasks)
        while ending:
            for task in ending:
                task.cancel()
            _, ending = await asyncio.wait(ending, timeout=CANCEL_AGAIN_SECONDS)

    async def _again_and_again(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("%s failed and starts over", name)
            await asyncio.sleep(PAUSE_SECONDS)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._serving.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("the task %s failed", task.get_name(), exc_info=error)
