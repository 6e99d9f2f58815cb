"""Failed calls are made again: with the same id, across restarts, and not for a hook that was switched off."""

import asyncio
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, Execution, ExecutionQuery, Role, Status
from engine.events.draft import EventDraft
from engine.model import Actor, Preset
from engine.rules.retries import SCHEDULES
from tests.engine.conftest import Receiver, eventually, new_engine

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEDULES, Preset.STANDARD, (0.05, 0.05, 0.05))
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)


async def fire(engine: Engine, url: str) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}]}
    hook = await engine.hooks.save(raw, actor=SYSTEM)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)
    return hook.id


async def one(engine: Engine, *states: Status) -> Execution:
    async def found() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery())).items
        return items[0] if items and items[0].status in states else None

    execution = await eventually(found)
    assert execution is not None, (await engine.executions.page(ExecutionQuery())).items
    return execution


def ids(receiver: Receiver) -> set[bytes]:
    return {line for raw in receiver.requests for line in raw.split(b"\r\n") if line.lower().startswith(b"webhook-id")}


async def test_a_receiver_that_comes_back_gets_the_same_execution(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    await fire(engine, receiver.url)
    waiting = await one(engine, Status.RETRYING)
    assert waiting.next_attempt_at is not None
    receiver.status = 200

    execution = await one(engine, Status.SUCCEEDED)

    assert [attempt.number for attempt in execution.attempts] == list(range(1, len(execution.attempts) + 1))
    assert len(execution.attempts) == len(receiver.requests) >= 2
    assert len(ids(receiver)) == 1


async def test_a_receiver_that_never_comes_back_fails_in_the_end(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await fire(engine, receiver.url)

    execution = await one(engine, Status.FAILED)

    assert len(execution.attempts) == len(receiver.requests) == 4
    assert execution.finished_at is not None
    stats = (await engine.hooks.stats())[hook_id]
    assert (stats.hits, stats.succeeded, stats.failed) == (1, 0, 1)


async def test_gone_switches_the_hook_off_at_once(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 410
    hook_id = await fire(engine, receiver.url)
    await one(engine, Status.FAILED)
    await eventually(lambda: not engine.hooks.get(hook_id).definition.enabled)

    assert len(receiver.requests) == 1
    assert not engine.hooks.get(hook_id).definition.enabled
    assert "410" in (await engine.hooks.versions(hook_id))[0].saved_by


async def test_a_hook_that_is_switched_off_calls_nobody_any_more(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 503
    hook_id = await fire(engine, receiver.url)
    await one(engine, Status.RETRYING)
    await engine.hooks.set_enabled(hook_id, False, actor=SYSTEM)

    execution = await one(engine, Status.CANCELLED)
    called = len(receiver.requests)
    await asyncio.sleep(0.2)

    assert execution.next_attempt_at is None
    assert len(receiver.requests) == called


async def test_a_test_is_never_tried_again(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    raw = {"title": "Witness", "trigger": "call.ended", "role": "admin", "actions": [{"url": receiver.url}]}
    hook = await engine.hooks.save(raw, actor=SYSTEM)

    result = await engine.testing.test(hook.id, data={}, role=Role.ADMIN, send=True, actor=SYSTEM)
    await asyncio.sleep(0.2)

    assert result.execution is not None
    assert result.execution.status == Status.FAILED
    assert len(receiver.requests) == 1


async def test_retries_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 500
    engine = new_engine(tmp_path)
    await engine.start()
    await fire(engine, receiver.url)
    await one(engine, Status.RETRYING)
    await engine.stop()
    receiver.status = 200

    engine = new_engine(tmp_path)
    await engine.start()
    execution = await one(engine, Status.SUCCEEDED)
    await engine.stop()

    assert len(ids(receiver)) == 1
    assert [attempt.number for attempt in execution.attempts] == list(range(1, len(execution.attempts) + 1))
