"""Runs plain functions off the event loop. A thread cannot be killed: one that hangs is abandoned, and counted."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from engine.errors import Overloaded

MOST = 64
RETRY_AFTER_SECONDS = 5


class Threads:
    """Each call gets its own thread, a daemon, so that it never blocks exit. Refuses calls when full."""

    def __init__(self) -> None:
        self._places = threading.Semaphore(MOST)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Raises what the function raises, and Overloaded."""
        if not self._places.acquire(blocking=False):
            message = f"{MOST} functions of endpoints run already, some perhaps for good. Try again later."
            raise Overloaded(message, RETRY_AFTER_SECONDS)
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: Exception | None) -> None:
            if ended.done():
                return  # nobody is waiting any more
            if error is None:
                ended.set_result(result)
            else:
                ended.set_exception(error)

        def work() -> None:
            result, failure = None, None
            try:
                result = function(*arguments)
            except Exception as error:  # noqa: BLE001 (passed on to the caller)
                failure = error
            finally:
                self._places.release()
            with suppress(RuntimeError):  # after the loop has closed, nobody is waiting
                loop.call_soon_threadsafe(settle, result, failure)

        threading.Thread(target=work, name=f"endpoint {function.__name__}", daemon=True).start()
        return await ended
