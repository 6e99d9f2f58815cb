"""Lanes and shares: what hangs holds up nobody else, and what does not fit into memory waits on disk."""

import asyncio

import pytest

from engine import SYSTEM, Engine, ExecutionQuery, Role, Status
from engine.events.draft import EventDraft
from engine.model import Actor, HookType
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def hook(engine: Engine, url: str, trigger: str = "call.ended", type: str = "other") -> int:
    raw = {"title": f"To {url}", "trigger": trigger, "type": type, "actions": [{"url": url}]}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, count: int, trigger: str = "call.ended") -> None:
    drafts = [EventDraft(type=trigger, data={"number": n}, id=None, occurred_at=None) for n in range(count)]
    await engine.accept(drafts, AGENT)


@pytest.mark.parametrize("type", ["other", "analytics"])
async def test_a_receiver_that_hangs_holds_up_no_other_hook(engine: Engine, receiver: Receiver, type: str) -> None:
    """Of its own lane, or of another."""
    released = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    hanging = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{hanging.sockets[0].getsockname()[1]}/"
    await hook(engine, url, "sms.sent")
    await hook(engine, receiver.url, "call.ended", type)
    await post(engine, 200, "sms.sent")
    await asyncio.sleep(0.1)

    await post(engine, 50)
    await eventually(lambda: len(receiver.requests) == 50, 3)

    assert len(receiver.requests) == 50
    hooks = engine.hooks.all()
    await engine.hooks.delete(hooks[0].id, actor=SYSTEM)
    released.set()
    hanging.close()
    await asyncio.sleep(0.1)


async def test_a_hook_has_at_most_its_share_of_calls_at_once(engine: Engine) -> None:
    await engine.lane_settings.save(HookType.OTHER, {"concurrency": 12}, actor=SYSTEM)
    at_once, most = 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        await reader.readuntil(b"\r\n\r\n")
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    await hook(engine, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    for _ in range(10):
        await post(engine, 3)
        await asyncio.sleep(0.01)

    async def all_done() -> bool:
        items = (await engine.executions.page(ExecutionQuery(limit=100))).items
        return len(items) == 30 and all(item.status == Status.SUCCEEDED for item in items)

    assert await eventually(all_done)
    server.close()
    assert most == 3


async def test_what_does_not_fit_waits_on_disk_and_each_is_called_once(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.lanes.WINDOW", 5)
    monkeypatch.setattr("engine.delivery.intake.BATCH", 7)
    receiver.delay = 0.005
    await hook(engine, receiver.url)

    for _ in range(10):
        await post(engine, 40)
    await eventually(lambda: len(receiver.requests) >= 400, 20)
    await asyncio.sleep(0.2)

    ids = [line for raw in receiver.requests for line in raw.split(b"\r\n") if line.lower().startswith(b"webhook-id")]
    assert len(ids) == len(set(ids)) == 400


async def test_every_type_has_a_lane(engine: Engine, receiver: Receiver) -> None:
    for type in HookType:
        await hook(engine, receiver.url, "call.ended", type)

    await post(engine, 1)

    assert await eventually(lambda: len(receiver.requests) == len(HookType))
