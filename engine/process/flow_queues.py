"""Durable queues that take turns, one per flow, so that a long one does not delay the others.

Lesser flows come after the others, however many they are, and have a part of each batch in any case.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar

from engine.process.insist import insist
from engine.process.spill_queue import SpillQueue

F = TypeVar("F")
T = TypeVar("T")
PART_OF_LESSER = 3


class FlowQueues(Generic[F, T]):
    """Within a flow, items keep their order. A flow has a queue only while something is waiting in it."""

    def __init__(
        self,
        size: int,
        turn: int,
        *,
        key: Callable[[T], Any],
        cost: Callable[[F], int],
        lesser: Callable[[F], bool],
        flows: Callable[[], Awaitable[list[F]]],
        read: Callable[[F, int], Awaitable[list[T]]],
    ) -> None:
        """`size` bounds what memory keeps of a flow. A turn pays for items up to `turn`, at `cost(flow)` each.

        `flows()` finds those that an earlier process left on disk. `read(flow, limit)` returns what waits there in
        order, so whatever was taken must be off the disk before the next `take`.
        """
        self._size, self._turn, self._key, self._cost = size, turn, key, cost
        self._lesser, self._flows, self._read = lesser, flows, read
        self._queues: OrderedDict[F, SpillQueue[T]] = OrderedDict()
        self._resumed = False
        self._arrived = asyncio.Event()

    def offer(self, flow: F, item: T) -> None:
        """After it was committed."""
        self._queue_of(flow).offer(item)
        self._arrived.set()

    def waits(self, flow: F) -> bool:
        """Whether anything of the flow may wait, here or on disk."""
        return not self._resumed or flow in self._queues

    async def take(self, budget: int) -> list[T]:
        """The next items, as many as the budget pays for; waits until there is one. Empty if nothing was left on disk
        after all."""
        if not self._resumed:
            await self._resume()
        if not self._queues:
            self._arrived.clear()
            await self._arrived.wait()
        taken = await self._batch(budget)
        self._queues = OrderedDict((flow, queue) for flow, queue in self._queues.items() if not queue.drained)
        return taken

    async def _batch(self, budget: int) -> list[T]:
        lesser = [flow for flow in self._queues if self._lesser(flow)]
        others = [flow for flow in self._queues if not self._lesser(flow)]
        filled = set[F]()
        kept = budget // PART_OF_LESSER if lesser else 0
        taken, left = await self._take_in_turn(others, budget - kept, filled)
        more, left = await self._take_in_turn(lesser, kept + left, filled)
        rest, _ = await self._take_in_turn(others, left, filled)
        return [*taken, *more, *rest]

    async def _resume(self) -> None:
        """Queues that are opened before this ends start on disk, like those that it finds."""
        for flow in await insist(self._flows, "the flows on disk cannot be read"):
            self._queue_of(flow)
        self._resumed = True

    def _queue_of(self, flow: F) -> SpillQueue[T]:
        if flow not in self._queues:
            read = partial(self._read, flow)
            self._queues[flow] = SpillQueue[T](self._size, key=self._key, read=read, behind=not self._resumed)
        return self._queues[flow]

    async def _take_in_turn(self, flows: list[F], budget: int, filled: set[F]) -> tuple[list[T], int]:
        """Also returns what is left of the budget. Reads each queue from disk at most once per batch, before anything
        is taken from it; a flow whose turn it was goes to the end of the line."""
        taken, line = list[T](), deque(flows)
        while budget > 0 and line:
            flow = line.popleft()
            queue, cost = self._queues[flow], self._cost(flow)
            if flow not in filled:
                filled.add(flow)
                await queue.fill()
            if some := queue.pop(max(1, min(self._turn, budget) // cost)):
                taken += some
                budget -= cost * len(some)
                self._queues.move_to_end(flow)
                line.append(flow)
        return taken, budget
