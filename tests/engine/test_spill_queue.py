"""The bounded part of a queue on disk: whatever comes in between, each item is taken once, and in order."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import StoreUnavailable
from engine.process.spill_queue import SpillQueue


class Disk:
    """Committed numbers, read in order like the store, without those that were taken."""

    def __init__(self, rows: list[int] | None = None) -> None:
        self.rows = rows or []
        self.taken: list[int] = []

    async def read(self, limit: int) -> list[int]:
        found = [row for row in self.rows if row not in self.taken][:limit]
        await asyncio.sleep(0)
        return found


class Queue:
    """What takes from it marks what it took, as whoever takes from the real one does."""

    def __init__(self, disk: Disk, size: int) -> None:
        self.disk, self.window = disk, SpillQueue[int](size, key=lambda item: item, read=disk.read)

    def __len__(self) -> int:
        return len(self.window)

    def offer(self, item: int) -> None:
        self.window.offer(item)

    async def take(self, limit: int) -> list[int]:
        while not (taken := await self.window.take(limit)):
            pass
        self.disk.taken += taken
        return taken


def window(disk: Disk, size: int = 3) -> Queue:
    return Queue(disk, size)


async def test_what_an_earlier_process_left_comes_first() -> None:
    disk = Disk([1, 2])
    queue = window(disk)
    disk.rows.append(3)
    queue.offer(3)

    assert await queue.take(10) == [1, 2, 3]


async def test_a_full_window_leaves_the_rest_on_disk_and_finds_it_again() -> None:
    disk = Disk([1])
    queue = window(disk)
    await queue.take(1)
    for number in range(2, 12):
        disk.rows.append(number)
        queue.offer(number)

    assert len(queue) == 3
    taken: list[int] = []
    while len(taken) < 10:
        taken += await queue.take(2)
    assert taken == list(range(2, 12))


async def test_waiting_for_the_first_item() -> None:
    disk = Disk()
    queue = window(disk)
    waiting = asyncio.ensure_future(queue.take(1))
    await asyncio.sleep(0.01)
    disk.rows.append(1)
    queue.offer(1)

    assert await asyncio.wait_for(waiting, 1) == [1]


async def test_a_disk_that_refuses_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.process.insist.PAUSE_SECONDS", 0.0)
    disk = Disk([1])
    answers = [StoreUnavailable("full"), None]

    async def read(limit: int) -> list[int]:
        if error := answers.pop(0):
            raise error
        return await disk.read(limit)

    queue = SpillQueue[int](3, key=lambda item: item, read=read)

    assert (await queue.take(1), answers) == ([1], [])


@given(st.lists(st.sampled_from(["commit", "take", "yield"]), max_size=120), st.integers(1, 5), st.integers(0, 7))
def test_any_history_takes_each_item_once_and_in_order(history: list[str], size: int, left_over: int) -> None:
    async def run() -> None:
        disk = Disk(list(range(1, left_over + 1)))
        queue = window(disk, size)
        taken: list[int] = []

        async def consume() -> None:
            while True:
                taken.extend(await queue.take(2))
                await asyncio.sleep(0)

        consumer = asyncio.ensure_future(consume())
        for step in history:
            if step == "commit":
                disk.rows.append(len(disk.rows) + 1)
                queue.offer(disk.rows[-1])
            else:
                await asyncio.sleep(0)
        for _ in range(1_000):
            if len(taken) == len(disk.rows):
                break
            await asyncio.sleep(0)
        consumer.cancel()
        assert taken == disk.rows

    asyncio.run(run())
