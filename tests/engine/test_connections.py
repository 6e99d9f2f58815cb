"""Slow and oversized requests over real sockets: they end, and hold up nobody else."""

import asyncio
from typing import cast

import pytest
from websockets.asyncio.client import connect

from engine import SYSTEM, Engine
from engine.api import connections
from engine.api.doors import Doors
from tests.engine.conftest import eventually

PEOPLE = 200
WHOLE = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer KEY\r\n"
LATE = b"HTTP/1.1 408 Request Timeout"


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "ARRIVE_SECONDS", 0.5)


async def said(port: int, *parts: bytes, pause: float = 0.01) -> bytes:
    """All that comes back until the server closes, which it must within seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.ensure_future(reader.read())
    for part in parts:
        if not answer.done():
            writer.write(part)
            await asyncio.sleep(pause)
    await asyncio.wait_for(answer, 20)
    writer.close()
    return answer.result()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n",
        POST + b"content-length: 9\r\n\r\n{",
        POST + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
async def test_what_does_not_arrive_is_ended(seconds: None, engine: Engine, port: int, sent: bytes) -> None:
    _, key = await engine.keys.create({"name": "k", "role": "agent"}, actor=SYSTEM)

    answer = await said(port, sent.replace(b"KEY", key.encode()))

    assert answer.startswith(LATE)
    assert b"within 0 seconds" in answer and b"connection: close" in answer


async def test_a_byte_now_and_then_buys_no_time(seconds: None, port: int) -> None:
    answer = await said(port, b"GET /healthz HTTP/1.1\r\n", *[b"x: y\r\n"] * 8, pause=0.1)

    assert answer.startswith(LATE)


async def test_a_second_request_on_the_same_connection_has_its_own_time(seconds: None, port: int) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    answer = await said(port, whole, whole, b"GET /heal", pause=0.3)

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.count(LATE) == 1


async def test_who_was_answered_before_the_body_came_is_not_answered_twice(seconds: None, port: int) -> None:
    answer = await said(port, b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")

    assert answer.startswith(b"HTTP/1.1 401")
    assert LATE not in answer


async def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    answer = await said(port, b"GET / HTTP/1.1\r\n", *[b"x: %s\r\n" % (b"y" * 8_000)] * 20)

    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "sent",
    [
        [b"0\r\n", *[b"x: %s\r\n" % (b"y" * 8_000)] * 20],
        [b"0\r\nx: ", *[b"y" * 8_000] * 20],
        [b"1;x=", *[b"y" * 8_000] * 20],
    ],
)
async def test_what_is_around_a_body_is_bounded_too(engine: Engine, port: int, sent: list[bytes]) -> None:
    _, key = await engine.keys.create({"name": "k", "role": "agent"}, actor=SYSTEM)
    head = POST.replace(b"KEY", key.encode()) + b"transfer-encoding: chunked\r\n\r\n"

    answer = await said(port, head, b"2\r\n{}\r\n", *sent)

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_many_small_chunks_are_a_body_and_fields_behind_it_are_passed_over(engine: Engine, port: int) -> None:
    _, key = await engine.keys.create({"name": "k", "role": "agent"}, actor=SYSTEM)
    head = b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n"
    event = b'{"type": "call.ended", "data": {"text": "%s"}}' % (b"y" * 20_000)
    chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in event)
    by = b"authorization: Bearer %s\r\n" % key.encode()

    assert (await said(port, head + by + b"\r\n" + chunks + b"0\r\n\r\n")).startswith(b"HTTP/1.1 202 ")
    assert (await said(port, head + b"\r\n2\r\n{}\r\n0\r\n" + by + b"\r\n")).startswith(b"HTTP/1.1 401 ")


async def test_a_websocket_lives_on(seconds: None, port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/echo", proxy=None) as socket:
        await asyncio.sleep(1.0)
        await socket.send("still here")

        assert await asyncio.wait_for(socket.recv(), 20) == "still here"


async def test_many_slow_ones_hold_up_nobody(port: int) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(PEOPLE)]
    for number, (_, writer) in enumerate(slow):
        writer.write(b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n" + b"\r\n{" * (number % 2))

    answer = await said(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

    for _, writer in slow:
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("doors", [Doors(most=16)])
async def test_when_full_the_quietest_makes_room(doors: Doors, port: int) -> None:
    people = [await asyncio.open_connection("127.0.0.1", port) for _ in range(14)]
    for reader, writer in people:
        writer.write(WHOLE)
        await reader.readuntil(b"}")
    (_, busy), (idle, _), *_ = people
    busy.write(b"GET / HTTP/1.1\r\nhost:")
    await asyncio.sleep(0.1)

    answer = await said(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    left = await asyncio.wait_for(idle.read(), 3)
    busy.write(b" x\r\n\r\n")
    of_busy = await asyncio.wait_for(people[0][0].read(200), 5)

    for _, writer in people:
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert left == b""
    assert of_busy.startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("doors", [Doors(most=16)])
async def test_websockets_count_and_when_all_are_at_work_one_is_told_so(doors: Doors, port: int) -> None:
    sockets = [await connect(f"ws://127.0.0.1:{port}/echo", proxy=None) for _ in range(14)]

    full = await said(port, WHOLE)
    for socket in sockets:
        await socket.close()
    await eventually(lambda: doors._count == 0)
    free = await said(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

    assert full.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 5" in full
    assert free.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("doors", [Doors(most=16)])
async def test_whoever_holds_a_key_has_the_reserve(engine: Engine, doors: Doors, port: int) -> None:
    _, key = await engine.keys.create({"name": "k", "role": "agent"}, actor=SYSTEM)
    sockets = [await connect(f"ws://127.0.0.1:{port}/echo", proxy=None) for _ in range(13)]
    await said(port, POST.replace(b"KEY", key.encode()) + b"content-length: 2\r\nconnection: close\r\n\r\n{}")
    sockets.append(await connect(f"ws://127.0.0.1:{port}/echo", proxy=None))

    answer = await said(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")

    for socket in sockets:
        await socket.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")


async def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch, doors: Doors, port: int) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.3)
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
    cast("asyncio.Transport", writer.transport).pause_reading()
    writer.write(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n")
    await eventually(lambda: doors._count == 1)

    assert await eventually(lambda: doors._count == 0)
    writer.transport.abort()
