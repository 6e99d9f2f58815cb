"""A process of its own for long computations, at low priority: threads share one interpreter with live traffic.

It starts when it is needed (which takes a second), ends a while after, and ends with us however we end.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from engine.errors import StoreUnavailable

R = TypeVar("R")

IDLE_SECONDS = 60.0
WATCH_SECONDS = 1.0
NICE = 15


class Apart:
    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def run(self, work: Callable[..., R], *arguments: Any) -> R:
        """`work` is a function of a module, and its arguments can be pickled. One at a time; others wait."""
        if self._ending:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._ready(), work, *arguments)
        except BrokenProcessPool:
            self.close()
            raise StoreUnavailable("The process that computes this has ended. Try again.") from None
        finally:
            self._ending = loop.call_later(IDLE_SECONDS, self.close)

    def close(self) -> None:
        if self._ending:
            self._ending.cancel()
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(os.getpid(),))
        return self._pool


def _begin(parent: int) -> None:
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)  # noqa: TID251 (a thread that has nothing else to do)
    os._exit(0)
