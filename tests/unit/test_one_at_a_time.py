"""What somebody asks for runs one after the other, and others do not wait for it."""

import asyncio

import pytest

from engine.errors import Overloaded
from engine.process.one_at_a_time import MOST_WAITING, OneAtATime

pytestmark = pytest.mark.anyio


async def test_one_after_the_other_and_others_at_once() -> None:
    turns, going, told = OneAtATime(), asyncio.Event(), list[str]()

    async def ask(who: str | None, name: str) -> None:
        async with turns.turn(who):
            told.append(name)
            await going.wait()

    asks = [asyncio.create_task(ask(*one)) for one in (("ada", "a1"), ("ada", "a2"), ("bo", "b1"), (None, "n"))]
    await asyncio.sleep(0)
    assert told == ["a1", "b1", "n"]

    going.set()
    await asyncio.gather(*asks)
    assert told == ["a1", "b1", "n", "a2"]


async def test_only_a_few_wait_and_whoever_leaves_makes_room() -> None:
    turns = OneAtATime()

    async def ask() -> None:
        async with turns.turn("ada"):
            await asyncio.Event().wait()

    asks = [asyncio.create_task(ask()) for _ in range(1 + MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="one after the other"):
        async with turns.turn("ada"):
            pass

    for one in asks:
        one.cancel()
    await asyncio.gather(*asks, return_exceptions=True)
    async with turns.turn("ada"):
        pass
