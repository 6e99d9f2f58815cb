"""The bound of waiting executions per hook: beyond it, the newest are parked, and other hooks are not affected."""

from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, EngineSettings, Execution, ExecutionQuery, Status
from engine.actions.http import parse_networks
from engine.events.draft import EventDraft
from engine.model import Actor, Role
from storage.store import SqlStore
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
DEAD = "http://127.0.0.1:9/"
MOST = 10


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    settings = EngineSettings(
        version="0.0.0",
        allowed_networks=parse_networks("127.0.0.0/8"),
        secret_keys=("a key for tests",),
        most_waiting=1_000,
        most_of_hook=MOST,
    )
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings)
    await engine.start()
    yield engine
    await engine.stop()


async def hook(engine: Engine, url: str, trigger: str) -> int:
    raw = {"title": f"On {trigger}", "trigger": trigger, "actions": [{"url": url}], "delivery": {"retries": [600]}}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, count: int, trigger: str) -> None:
    drafts = [EventDraft(type=trigger, data={"number": n}, id=None, occurred_at=None) for n in range(count)]
    await engine.accept(drafts, AGENT)


async def of(engine: Engine, hook_id: int) -> list[Execution]:
    return list((await engine.executions.page(ExecutionQuery(hook_id=hook_id, limit=200))).items)


async def counts(engine: Engine, hook_id: int) -> Counter[Status]:
    return Counter(item.status for item in await of(engine, hook_id))


async def filled(engine: Engine, hook_id: int, parked: int) -> bool:
    async def full() -> bool:
        return await counts(engine, hook_id) == {Status.RETRYING: MOST, Status.PARKED: parked}

    return bool(await eventually(full, 8))


async def test_the_newest_of_a_dead_receiver_are_parked_and_announced_once(engine: Engine) -> None:
    dead = await hook(engine, DEAD, "sms.sent")
    for _ in range(4):
        await post(engine, 7, "sms.sent")

    assert await filled(engine, dead, 28 - MOST), await counts(engine, dead)
    newest_first = [item.status for item in await of(engine, dead)]
    assert newest_first == [Status.PARKED] * (28 - MOST) + [Status.RETRYING] * MOST
    assert len([notice for notice in await engine.notices.newest() if "Too many" in notice.title]) == 1
    assert (await engine.hooks.stats())[dead].parked == 28 - MOST


async def test_ingest_does_not_count_them(engine: Engine, receiver: Receiver) -> None:
    dead, healthy = await hook(engine, DEAD, "sms.sent"), await hook(engine, receiver.url, "call.ended")
    await post(engine, 50, "sms.sent")
    assert await filled(engine, dead, 40)
    await engine.parts.ground.backlog.measure()

    assert engine.waiting == 0
    for _ in range(5):
        sent = len(receiver.requests)
        await post(engine, 8, "call.ended")
        assert await eventually(lambda: _delivered(engine, healthy, sent + 8), 5)  # noqa: B023 (awaited here)


async def test_one_click_sends_each_parked_execution_once(engine: Engine, receiver: Receiver) -> None:
    repaired = await hook(engine, DEAD, "sms.sent")
    await post(engine, 30, "sms.sent")
    assert await filled(engine, repaired, 20)
    raw = engine.hooks.raw(engine.hooks.get(repaired).definition) | {"actions": [{"url": receiver.url}]}
    await engine.hooks.save(raw, hook_id=repaired, actor=SYSTEM)

    replay = await engine.replays.begin({"status": "parked", "hook_id": repaired}, actor=SYSTEM)

    async def sent() -> bool:
        return await counts(engine, repaired) == {Status.RETRYING: MOST, Status.SUCCEEDED: 20}

    assert replay.total == 20
    assert await eventually(sent, 10), await counts(engine, repaired)
    assert len(receiver.requests) == 20
    assert (await engine.hooks.stats())[repaired].parked == 0


async def test_a_single_parked_execution_can_be_sent(engine: Engine) -> None:
    dead = await hook(engine, DEAD, "sms.sent")
    await post(engine, 11, "sms.sent")
    assert await filled(engine, dead, 1)
    (parked,) = [item for item in await of(engine, dead) if item.status is Status.PARKED]

    again = await engine.replays.run_again(parked.id, actor=SYSTEM)

    assert again.id == parked.id
    assert await eventually(lambda: _retries(engine, dead), 8)


async def _retries(engine: Engine, hook_id: int) -> bool:
    return await counts(engine, hook_id) == {Status.RETRYING: MOST + 1}


async def _delivered(engine: Engine, hook_id: int, count: int) -> bool:
    return await counts(engine, hook_id) == {Status.SUCCEEDED: count}
