"""Few descriptors and many connections: the front door stays open, and no receiver is blamed for what we lack."""

import asyncio
import contextlib
import errno
import sqlite3
import time
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from engine import SYSTEM, Engine, EngineSettings, Execution, ExecutionQuery, Status
from engine.actions import sockets
from engine.actions.http import parse_networks
from engine.delivery import attempts
from engine.errors import Overloaded
from engine.events.draft import EventDraft
from storage.store import SqlStore
from tests.engine.conftest import eventually
from tests.faults.fault_server import fault_server, silence, statuses
from tests.faults.test_receivers import AGENT
from tests.server import Server

FEW = 256
USUAL = 1_024
HOOKS = 20
EVENTS = 20
TYPES = ("lead_processing", "crm_integration", "analytics", "notification", "workflow", "other")
HALF_OPEN = 1_100
PATIENCE_SECONDS = 2.0


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    server = Server(tmp_path).with_admin()
    yield server
    if server.process is not None:
        server.process.kill()
        server.process.wait()


def start(server: Server, descriptors: int) -> Server:
    return server.start(program=("-m", "tests.faults.few_descriptors", str(descriptors)))


def test_too_few_to_run_at_all_are_told_in_plain_words(server: Server) -> None:
    with pytest.raises(RuntimeError):
        start(server, 24)

    assert server.log() == "The process can open 24 files only (ulimit -n). It needs 64 at least.\n"


async def test_receivers_that_hang_leave_descriptors_to_the_front_door(server: Server) -> None:
    """As found: with 256 descriptors and 20 hooks that hang, events and pages were shut out, and receivers blamed."""
    start(server, FEW)
    admin, agent = server.key("admin"), server.key()
    async with fault_server(silence) as receiver, callers(server, admin) as client:
        for number in range(HOOKS):
            await add_hook(client, number, receiver.url)
        waits = [await waited(client, event(f"evt_{number}"), agent) for number in range(EVENTS)]
        await asyncio.sleep(1.0)
        waits += [await waited(client, event(f"late_{number}"), agent) for number in range(EVENTS)]
        waits.append(await waited(client, client.build_request("GET", "/sign-in"), agent))
        called = receiver.connections
        server.kill()

    assert max(waits) < PATIENCE_SECONDS
    assert called > 10
    assert errors_of(server.data_dir) <= {"timeout", "interrupted"}


async def test_connections_that_say_nothing_shut_nobody_out(server: Server) -> None:
    """As found: 1,100 of them from one address took everything down."""
    start(server, USUAL)
    agent = server.key()
    async with callers(server, agent) as client, half_open(server.port, HALF_OPEN):
        waits = [await waited(client, event(f"evt_{number}"), agent) for number in range(EVENTS)]
        waits.append(await waited(client, client.build_request("GET", "/sign-in"), agent))

    assert max(waits) < PATIENCE_SECONDS


@pytest.mark.parametrize("slow_seconds", [0.25, 0.0])
async def test_a_call_that_we_lack_a_descriptor_for_waits_and_is_no_attempt(
    slow_seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As found: it was recorded as a failure of the receiver, and counted against it. Marked as running meanwhile, it
    keeps its number."""
    monkeypatch.setattr(attempts, "NOT_SENT_SECONDS", 0.05)
    monkeypatch.setattr(attempts, "SLOW_SECONDS", slow_seconds)
    short, tries = True, 0

    class Scarce(sockets._Counted):
        def __init__(self, *details: int) -> None:
            nonlocal tries
            tries += 1
            if short:
                raise OSError(errno.EMFILE, "Too many open files")
            super().__init__(*details)

    monkeypatch.setattr(sockets, "_Counted", Scarce)
    async with fault_server(statuses(200)) as receiver, running(tmp_path) as engine:
        await engine.hooks.save(
            {"title": "Waits", "trigger": "call.ended", "actions": [{"url": receiver.url}]}, actor=SYSTEM
        )
        await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)
        await eventually(lambda: tries > 11)  # more than the breaker would take
        with pytest.raises(Overloaded, match="no file descriptors left"):
            await engine.check()
        paused, short = engine.paused_targets(), False
        execution = await eventually(lambda: delivered(engine))

    assert paused == {}
    assert [(one.number, one.error) for one in execution.attempts] == [(1, None)]
    assert len(receiver.requests) == 1


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Engine]:
    settings = EngineSettings(
        version="0.0.0", allowed_networks=parse_networks("127.0.0.0/8"), secret_keys=("a key for tests",)
    )
    engine = Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), settings)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def delivered(engine: Engine) -> Execution | None:
    items = (await engine.executions.page(ExecutionQuery())).items
    return next((one for one in items if one.status is Status.SUCCEEDED), None)


@asynccontextmanager
async def callers(server: Server, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A new connection for every call, as a stranger has it."""
    limits, headers = httpx.Limits(max_keepalive_connections=0), {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=server.url, limits=limits, headers=headers, timeout=10) as client:
        yield client


@asynccontextmanager
async def half_open(port: int, count: int) -> AsyncIterator[None]:
    """So many connections that began a request and say no more."""
    writers: list[asyncio.StreamWriter] = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost:")
        writers.append(writer)
    await asyncio.sleep(0.2)
    try:
        yield
    finally:
        for writer in writers:
            with contextlib.suppress(OSError):
                writer.transport.abort()


async def add_hook(client: httpx.AsyncClient, number: int, url: str) -> None:
    """Of each type in turn, since each type is a lane with places of its own."""
    body = {"title": f"Hangs {number}", "trigger": "call.ended", "role": "agent", "actions": [{"url": url}]}
    body["type"] = TYPES[number % len(TYPES)]
    answer = await client.post("/api/v1/hooks", json=body)
    assert answer.status_code == 201, answer.text


def event(event_id: str) -> httpx.Request:
    body = {"type": "call.ended", "id": event_id, "data": {"call_duration": 187}}
    return httpx.Request("POST", "/api/v1/events", json=body)


async def waited(client: httpx.AsyncClient, request: httpx.Request, key: str) -> float:
    """Seconds until it was answered well."""
    request.url = client.base_url.join(request.url)
    request.headers["host"] = request.url.netloc.decode()
    request.headers["authorization"] = f"Bearer {key}"
    began = time.monotonic()
    answer = await client.send(request)
    assert answer.status_code in {200, 202}, answer.text
    return time.monotonic() - began


def errors_of(data_dir: Path) -> set[str]:
    """The classes of error of all attempts."""
    with closing(sqlite3.connect(data_dir / "trigger-hooks.db")) as database:
        rows = database.execute("SELECT error_class FROM attempt WHERE error_class IS NOT NULL").fetchall()
    return {row[0] for row in rows}
