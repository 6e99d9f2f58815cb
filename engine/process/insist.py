"""For what has to happen in the end: tried again for as long as the store is not available."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.errors import StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSE_SECONDS = 1.0


async def insist(ask: Callable[[], Awaitable[T]], trouble: str) -> T:
    """The answer, once there is one; `trouble` says for the log what cannot be done until then."""
    while True:
        try:
            return await ask()
        except StoreUnavailable as error:
            log.warning("%s, trying again: %s", trouble, error)
            await asyncio.sleep(PAUSE_SECONDS)
