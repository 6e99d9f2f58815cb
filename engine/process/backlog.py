"""Whether more can be taken. Asked at every event, so the answer is at hand; it is measured every few seconds."""

import logging
from collections.abc import Awaitable, Callable

from engine.errors import Overloaded, StoreUnavailable
from engine.model import DiskUse

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
PART_OF_DISK = 20


class Backlog:
    def __init__(
        self,
        *,
        count: Callable[[], Awaitable[int]],
        disk_use: Callable[[], Awaitable[DiskUse]],
        most_waiting: int,
        least_free: int,
    ) -> None:
        """`least_free` is in bytes; on a small disk a twentieth of it is enough."""
        self._count, self._disk_use = count, disk_use
        self._most_waiting, self._least_free = most_waiting, least_free
        self.waiting = 0
        self._came = 0
        self._refusal: str | None = None

    async def measure(self) -> None:
        try:
            self._came = 0
            self.waiting = await self._count()
            disk = await self._disk_use()
        except (StoreUnavailable, OSError) as error:
            log.warning("the backlog cannot be measured: %s", error)
            return
        refusal = None
        if disk.free < min(self._least_free, disk.total // PART_OF_DISK):
            refusal = f"The disk is almost full: {disk.free >> 20} MiB are free. Nothing is taken until there is room."
        if refusal and not self._refusal:
            log.error(refusal)
        self._refusal = refusal

    def admit(self, count: int) -> None:
        """Raises Overloaded."""
        if self._refusal:
            raise Overloaded(self._refusal, RETRY_AFTER_SECONDS)
        if self.waiting + self._came + count > self._most_waiting:
            waiting = f"{self.waiting + self._came} events are already waiting to be decided"
            message = f"{waiting}, and the limit is {self._most_waiting}. Try again later."
            raise Overloaded(message, RETRY_AFTER_SECONDS)
        self._came += count
