"""All tasks end when they are told to, also those that did not hear it."""

import asyncio

import pytest

from engine.process import supervisor
from engine.process.supervisor import Supervisor


async def test_one_that_lost_its_cancellation_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As found: a mail went out at the moment of the stop, `wait_for` lost the cancellation, and the stop hung."""
    monkeypatch.setattr(supervisor, "CANCEL_AGAIN_SECONDS", 0.01)
    lost = 0

    async def work() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    tasks = Supervisor()
    task = tasks.spawn(work(), "deaf", serving=True)
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.stop(), 5)

    assert lost == 2
    assert task.cancelled()


async def test_one_that_fails_as_it_ends_stops_no_other() -> None:
    async def work(fails: bool) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            if fails:
                raise ValueError("at the end")

    tasks = Supervisor()
    spawned = [tasks.spawn(work(fails), "ending") for fails in (True, False)]
    await asyncio.sleep(0)
    await tasks.stop()

    assert isinstance(spawned[0].exception(), ValueError)
    assert spawned[1].cancelled()
