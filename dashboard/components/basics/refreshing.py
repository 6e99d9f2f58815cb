"""Keeps a list up to date with frequent changes."""

import asyncio
import time
from typing import Protocol

from dashboard.clients import later

SECONDS = 1.0


class _List(Protocol):
    @property
    def is_deleted(self) -> bool: ...

    async def refresh(self) -> None: ...


class Refreshing:
    """Refreshes the list on the first notification, then at most once a second, however many follow."""

    def __init__(self, view: _List) -> None:
        self._view = view
        self._last, self._waits = 0.0, False

    def soon(self) -> None:
        if not self._waits:
            self._waits = True
            later(self._refresh(), name="refresh a list")

    def at_once(self) -> None:
        """Does nothing if a refresh is already scheduled."""
        self._last = 0.0
        self.soon()

    async def _refresh(self) -> None:
        try:
            await asyncio.sleep(max(0.0, self._last + SECONDS - time.monotonic()))
        finally:
            self._waits = False
        self._last = time.monotonic()
        if not self._view.is_deleted:
            await self._view.refresh()
