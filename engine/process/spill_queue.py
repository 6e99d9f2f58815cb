"""The part of a durable queue that memory holds. What does not fit waits on disk, and is read when its turn comes.

Items are offered after they are committed. Once one did not fit, all later ones wait on disk too, so that the order
holds. When full: nothing is refused here, and nothing is lost; it waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar

from engine.process.insist import insist

T = TypeVar("T")


class SpillQueue(Generic[T]):
    def __init__(
        self, size: int, *, key: Callable[[T], Any], read: Callable[[int], Awaitable[list[T]]], behind: bool = True
    ) -> None:
        """`read(limit)` gives what waits on disk, in order, without what was taken already.

        One that starts `behind` takes up first what an earlier process left there.
        """
        self._size, self._key, self._read = size, key, read
        self._queue: deque[T] = deque()
        self._behind = behind
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def drained(self) -> bool:
        """Nothing waits, neither here nor on disk."""
        return not self._queue and not self._behind

    def offer(self, item: T) -> None:
        if self._behind or len(self._queue) >= self._size:
            self._behind = True
        else:
            self._queue.append(item)
        self._arrived.set()

    async def take(self, limit: int) -> list[T]:
        """The next items, 1 to `limit`; waits until there is one. None at all where the disk turned out to hold none,
        and nothing was offered: whoever takes may see then that it is drained."""
        if not self._queue:
            self._arrived.clear()
            if self._behind:
                await self.fill()
            else:
                await self._arrived.wait()
        return self.pop(limit)

    async def fill(self) -> None:
        """Reads from disk if memory has nothing left."""
        if self._behind and not self._queue:
            await self._catch_up()

    def pop(self, limit: int) -> list[T]:
        """The next items, as far as memory has them."""
        return [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]

    async def _catch_up(self) -> None:
        """Items offered while this reads are both on disk and in the queue: each is kept once."""
        self._behind = False
        found = await insist(partial(self._read, self._size), "the queue on disk cannot be read")
        if len(found) == self._size:
            self._queue = deque(found)
            self._behind = True
        else:
            known = {self._key(item) for item in found}
            self._queue = deque([*found, *(item for item in self._queue if self._key(item) not in known)])
