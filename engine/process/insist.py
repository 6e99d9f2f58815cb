"""For what has to happen in the end: tried again for as long as the store is not available."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.errors import StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSE_SECONDS = 1.0
TRIES_PER_LINE = 60
"""Of the log, which may be on the very disk that is full."""


async def insist(ask: Callable[[], Awaitable[T]], trouble: str) -> T:
    """The answer, once there is one; `trouble` says for the log what cannot be done until then."""
    tries = 0
    while True:
        try:
            return await ask()
        except StoreUnavailable as error:
            if tries % TRIES_PER_LINE == 0:
                log.warning("%s, trying again: %s", trouble, error)
            tries += 1
            await asyncio.sleep(PAUSE_SECONDS)
