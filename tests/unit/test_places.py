import asyncio

import pytest

from engine.delivery.places import Places


async def test_whoever_comes_first_gets_the_place_that_is_given_back() -> None:
    places, came = Places(1), list[str]()

    async def take(id: str) -> None:
        await places.take(id)
        came.append(id)

    await take("first")
    waiting = [asyncio.create_task(take(id)) for id in ("second", "third")]
    await asyncio.sleep(0)
    assert came == ["first"]
    assert not places.take_if_free("fourth")

    places.give_back("first")
    places.give_back("first")  # of which nothing comes
    await waiting[0]
    assert came == ["first", "second"]

    places.give_back("second")
    await waiting[1]
    assert places.is_full


async def test_more_places_let_more_in_and_fewer_put_nobody_out() -> None:
    places = Places(1)
    await places.take("one")
    waiting = asyncio.create_task(places.take("two"))
    await asyncio.sleep(0)

    places.resize(2)
    await waiting
    places.resize(1)
    places.give_back("one")
    assert places.is_full
    places.give_back("two")
    assert places.take_if_free("three")


@pytest.mark.parametrize("let_in", [False, True])
async def test_whoever_stops_waiting_leaves_no_place_taken(let_in: bool) -> None:
    places = Places(1)
    await places.take("one")
    waiting = asyncio.create_task(places.take("two"))
    await asyncio.sleep(0)

    if let_in:
        places.give_back("one")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    places.give_back("one")
    assert places.take_if_free("three")
