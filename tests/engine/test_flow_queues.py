"""Flows take turns: each item is taken once and in the order of its flow, and a long flow does not delay the others."""

import asyncio
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from engine.process.flow_queues import FlowQueues

Item = tuple[str, int]
COSTS = {"live": 1, "other": 1, "bulk": 2}


class Disk:
    """Committed items, read in order like the store, without those that were taken."""

    def __init__(self, left: dict[str, int] | None = None, size: int = 3) -> None:
        self.rows = [(flow, number) for flow, count in (left or {}).items() for number in range(count)]
        self.taken: list[Item] = []
        self.read_from: list[str] = []
        self.queues = FlowQueues[str, Item](
            size,
            2,
            key=lambda item: item,
            cost=lambda flow: COSTS.get(flow, 2),
            lesser=lambda flow: flow.startswith("bulk"),
            flows=self.flows,
            read=self.read,
        )

    async def flows(self) -> list[str]:
        found = sorted({flow for flow, _ in set(self.rows) - set(self.taken)})
        await asyncio.sleep(0)
        return found

    async def read(self, flow: str, limit: int) -> list[Item]:
        self.read_from.append(flow)
        found = [row for row in self.rows if row[0] == flow and row not in self.taken][:limit]
        await asyncio.sleep(0)
        return found

    def commit(self, flow: str) -> None:
        self.rows.append((flow, len([1 for row in self.rows if row[0] == flow])))
        self.queues.offer(flow, self.rows[-1])

    async def take(self, limit: int) -> list[Item]:
        while not (taken := await self.queues.take(limit)):
            pass
        self.taken += taken
        return taken


async def test_a_long_flow_does_not_delay_the_others() -> None:
    disk = Disk({"bulk": 1_000})
    await disk.take(6)
    disk.commit("live")
    disk.commit("other")

    assert sorted(flow for flow, _ in await disk.take(4)) == ["bulk", "live", "other"]


async def test_flows_share_in_proportion_while_all_of_them_wait() -> None:
    disk = Disk({"bulk": 100, "live": 100, "other": 100}, size=100)

    taken = [flow for _ in range(10) for flow, _ in await disk.take(6)]

    assert [taken.count(flow) for flow in ("live", "other", "bulk")] == [20, 20, 10]


async def test_however_many_long_flows_there_are_they_do_not_delay_the_others() -> None:
    """Not even their first read from the disk."""
    disk = Disk({f"bulk {number}": 50 for number in range(100)} | {"live": 1})

    first = await disk.take(6)
    disk.commit("live")
    second = await disk.take(6)

    assert [[flow for flow, _ in taken].count("live") for taken in (first, second)] == [1, 1]
    assert len(disk.read_from) < 10


async def test_long_flows_take_turns_among_themselves() -> None:
    disk = Disk({f"bulk {number}": 50 for number in range(9)} | {"live": 500}, size=500)

    taken = [flow for _ in range(9) for flow, _ in await disk.take(6) if flow != "live"]

    assert sorted(taken) == [f"bulk {number}" for number in range(9)]


async def test_one_that_waits_alone_has_all_of_a_batch() -> None:
    disk = Disk({"bulk": 3})

    assert await disk.take(10) == [("bulk", number) for number in range(3)]


async def test_waiting_for_the_first_item() -> None:
    disk = Disk()
    waiting = asyncio.ensure_future(disk.take(1))
    await asyncio.sleep(0.01)
    disk.commit("live")

    assert await asyncio.wait_for(waiting, 1) == [("live", 0)]


@given(
    st.lists(st.sampled_from([*COSTS, "take"]), max_size=120),
    st.integers(1, 7),
    st.dictionaries(st.sampled_from(list(COSTS)), st.integers(1, 9)),
)
def test_any_history_takes_each_item_once_and_in_the_order_of_its_flow(
    history: list[str], limit: int, left: dict[str, int]
) -> None:
    async def run() -> list[Item]:
        disk = Disk(left)

        async def consume() -> None:
            while True:
                await disk.take(limit)
                await asyncio.sleep(0)

        consumer = asyncio.ensure_future(consume())
        for step in history:
            if step == "take":
                await asyncio.sleep(0)
            else:
                disk.commit(step)
        for _ in range(2_000):
            await asyncio.sleep(0)
        consumer.cancel()
        assert sorted(disk.taken) == sorted(disk.rows)
        return disk.taken

    taken = sorted(asyncio.run(run()), key=lambda item: item[0])
    for _, items in groupby(taken, key=lambda item: item[0]):
        numbers = [number for _, number in items]
        assert numbers == sorted(numbers)
