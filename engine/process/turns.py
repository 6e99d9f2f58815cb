"""Long work on the event loop gives way to other work, by time."""

import asyncio
from time import monotonic
from typing import Final

STRETCH_SECONDS: Final = 0.005


class Turns:
    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """After a wait, during which others had their turn."""
        self._began = monotonic()

    async def give_way(self) -> None:
        """Call it often: it only waits once the stretch is over."""
        if monotonic() - self._began >= STRETCH_SECONDS:
            await asyncio.sleep(0)
            self.begin()
