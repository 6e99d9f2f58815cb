"""Places go round by key, and none is lost."""

import asyncio

from engine.process.fair_places import FairPlaces


async def test_many_of_one_key_never_hold_up_one_of_another() -> None:
    places, order = FairPlaces(1), list[str]()

    async def work(key: str) -> None:
        async with places.taken(key):
            order.append(key)
            await asyncio.sleep(0)

    await asyncio.gather(*(work("crowd") for _ in range(10)), work("one"), work("other"))

    assert order[:5] == ["crowd", "crowd", "one", "other", "crowd"]
    assert len(order) == 12


async def test_who_gives_up_waiting_loses_no_place() -> None:
    places, done = FairPlaces(2), list[int]()

    async def work(number: int) -> None:
        async with places.taken("key"):
            await asyncio.sleep(0.01)
            done.append(number)

    tasks = [asyncio.ensure_future(work(number)) for number in range(20)]
    await asyncio.sleep(0.015)
    for task in tasks[::3]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(work(20), work(21)), 5)

    assert done[-2:] == [20, 21]
    assert places._free == 2
