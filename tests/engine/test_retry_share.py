"""Retries of a hook use its whole share of the lane, each starting as another ends; a slow disk delays no calls."""

import asyncio
from typing import Any

import pytest

from engine import SYSTEM, Engine
from engine.events.draft import EventDraft
from engine.model import Actor, HookType, Preset, Role
from engine.rules.retries import SCHEDULES
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def fire(engine: Engine, url: str, count: int) -> None:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}]}
    await engine.hooks.save(raw, actor=SYSTEM)
    drafts = [EventDraft(type="call.ended", data={"n": n}, id=None, occurred_at=None) for n in range(count)]
    await engine.accept(drafts, AGENT)


async def test_retries_use_the_share_of_the_hook_and_none_waits_for_the_slowest(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCHEDULES, Preset.STANDARD, (0.05,))
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)
    monkeypatch.setattr("engine.delivery.breaker.CALLS", 10_000)
    await engine.lane_settings.save(HookType.OTHER, {"concurrency": 32}, actor=SYSTEM)
    seen, released, at_once, most, quick = set[bytes](), asyncio.Event(), 0, 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most, quick
        head = await reader.readuntil(b"\r\n\r\n")
        id = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"webhook-id"))
        if id in seen:
            at_once += 1
            most = max(most, at_once)
            if quick < 20 or released.is_set():
                quick += 1
                await asyncio.sleep(0.05 if quick > 1 else 0)
            if quick == 1:  # the first of them hangs, and delays none of the others
                await released.wait()
            at_once -= 1
        status = b"200" if id in seen else b"503"
        seen.add(id)
        writer.write(b"HTTP/1.1 %s X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    await fire(engine, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", 60)
    done = await eventually(lambda: quick >= 20, 10)
    released.set()
    await asyncio.sleep(0.2)
    server.close()

    assert done
    assert 4 < most <= 8


async def test_a_slow_disk_delays_no_call(engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.lane_settings.save(HookType.OTHER, {"concurrency": 16}, actor=SYSTEM)
    record, written = engine._store.record, asyncio.Event()

    async def slow(progress: Any) -> None:
        await written.wait()
        await record(progress)

    monkeypatch.setattr(engine.parts.delivery.dispatcher._store, "record", slow)
    await fire(engine, receiver.url, 100)

    await eventually(lambda: len(receiver.requests) >= 32 + 4, 8)
    await asyncio.sleep(0.1)
    bounded = len(receiver.requests)
    written.set()

    assert bounded == 32 + 4, "twice the places of the lane, and the share of the hook behind them"
    assert await eventually(lambda: len(receiver.requests) == 100, 8)
