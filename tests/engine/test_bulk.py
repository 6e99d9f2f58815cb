"""Bulk and live take turns, in what is decided and in what is sent; events about one lead keep their order."""

import asyncio
import json
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, Engine, Role, Status
from engine.api import ingest
from engine.events.draft import EventDraft
from engine.events.parsing import read_events
from engine.model import Actor
from engine.ports import ExecutionQuery
from tests.engine.conftest import Api, Receiver, eventually, new_engine

IMPORT = Actor(kind="key", id=1, name="import", role=Role.AGENT)
DIALER = Actor(kind="key", id=2, name="dialer", role=Role.AGENT)


async def add_hook(engine: Engine, url: str, **more: Any) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}], **more}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


def draft(name: str, lead: str = "") -> EventDraft:
    data = {"name": name} | ({"lead_id": lead} if lead else {})
    return EventDraft(type="call.ended", data=data, id=name, occurred_at=None)


async def in_bulk(engine: Engine, count: int, lead: str = "") -> None:
    """Arrays of 500; the last event is about the lead."""
    for first in range(0, count, 500):
        drafts = [draft(f"bulk-{n}", lead if n == count - 1 else "") for n in range(first, first + 500)]
        await engine.accept(drafts, IMPORT)


async def decided(engine: Engine, event_id: str) -> bool:
    return (await engine._store.event(event_id)).revision is not None


async def order_of(engine: Engine, *names: str) -> list[str]:
    """Those that were decided, in the order in which it happened."""

    async def all_are() -> bool:
        return all([await decided(engine, name) for name in names])

    assert await eventually(all_are, 20)
    moments = {name: (await engine._store.event(name)).decided_at for name in names}
    return sorted(names, key=lambda name: str(moments[name]))


@pytest.mark.parametrize("actor", [IMPORT, DIALER])
async def test_a_live_event_is_decided_before_a_bulk_that_came_first(engine: Engine, actor: Actor) -> None:
    await in_bulk(engine, 2_000)
    await engine.accept([draft("live")], actor)

    assert await order_of(engine, "live", "bulk-1999") == ["live", "bulk-1999"]


async def test_after_a_restart_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.delivery.intake.Pipeline.run", lambda _: asyncio.sleep(3_600))
    engine = new_engine(tmp_path)
    await engine.start()
    await in_bulk(engine, 2_000)
    await engine.accept([draft("live")], DIALER)
    await engine.stop()
    monkeypatch.undo()

    engine = new_engine(tmp_path)
    await engine.start()
    try:
        assert await order_of(engine, "live", "bulk-1999") == ["live", "bulk-1999"]
    finally:
        await engine.stop()


async def test_a_live_event_does_not_overtake_an_earlier_one_about_its_lead(engine: Engine, receiver: Receiver) -> None:
    hook_id = await add_hook(engine, receiver.url, delivery={"ordered": True}, condition='lead_id == "l"')
    await in_bulk(engine, 1_000, lead="l")
    await engine.accept([draft("live", lead="l")], DIALER)
    await engine.accept([draft("else", lead="m")], DIALER)

    assert await order_of(engine, "else", "bulk-999") == ["else", "bulk-999"]
    assert await eventually(lambda: len(receiver.bodies) == 2, 10)
    assert [json.loads(body)["data"]["name"] for body in receiver.bodies] == ["bulk-999", "live"]
    page = await engine.executions.page(ExecutionQuery(hook_id=hook_id))
    assert [execution.event_id for execution in page.items] == ["live", "bulk-999"]


async def test_executions_of_a_hook_take_turns_too(engine: Engine, receiver: Receiver) -> None:
    await add_hook(engine, receiver.url)
    receiver.delay = 0.02
    await in_bulk(engine, 1_000)

    async def waits() -> bool:
        return await decided(engine, "bulk-999")

    assert await eventually(waits, 20)
    before = len(receiver.requests)
    await engine.accept([draft("live")], IMPORT)
    await eventually(lambda: any(b'"live"' in body for body in receiver.bodies), 10)

    place = next(n for n, body in enumerate(receiver.bodies) if b'"live"' in body)
    assert place - before < 100
    assert len(receiver.requests) < 900


async def test_bulk_leaves_half_of_the_share_of_a_hook(engine: Engine) -> None:
    at_once, most, released = 0, 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", head)[0]))
        at_once += 1
        most = max(most, at_once)
        if b'"live"' not in body:
            await released.wait()
        at_once -= 1
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    await add_hook(engine, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    await in_bulk(engine, 500)
    full = await eventually(lambda: at_once == 8, 10)
    await engine.accept([draft("live")], DIALER)

    async def delivered() -> bool:
        items = (await engine.executions.page(ExecutionQuery(status=Status.SUCCEEDED))).items
        return [item.event_id for item in items] == ["live"]

    assert full
    assert await eventually(delivered, 10)
    assert most <= 9
    released.set()
    server.close()


async def test_large_bodies_are_read_one_at_a_time_and_small_ones_meanwhile(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, released = list[int](), threading.Event()

    def read(body: bytes, headers: Mapping[str, str], *rest: Any) -> Any:
        if len(body) > 16_384:
            reading.append(len(body))
            released.wait(10)
        return read_events(body, headers, *rest)

    monkeypatch.setattr(ingest, "read_events", read)
    array = [{"type": "call.ended", "data": {"text": "x" * 10_000}} for _ in range(20)]
    large = [asyncio.ensure_future(api.post("/events", json=array, role=Role.AGENT)) for _ in range(3)]
    assert await eventually(lambda: reading, 5)
    small = await api.post("/events", json={"type": "call.ended", "data": {}}, role=Role.AGENT)

    assert small.status_code == 202
    assert len(reading) == 1
    released.set()
    assert [answer.status_code for answer in await asyncio.gather(*large)] == [202] * 3
