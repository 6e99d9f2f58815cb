"""An engine on a real database, its API, and a receiver that keeps what it was sent; all in this process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import Response
from starlette.websockets import WebSocket

from engine import SYSTEM, Actor, Engine, EngineSettings, Role, scopes_of
from engine.actions.http import parse_networks
from engine.api import connections, create_app
from engine.api.doors import Doors
from storage.store import SqlStore

ADMIN = Actor(kind="user", id=1, name="ada@example.com", role=Role.ADMIN)


@dataclass
class Receiver:
    """Answers with `status`, or by `answers` (path → status and body), and keeps the raw requests."""

    url: str = ""
    status: int = 200
    delay: float = 0.0
    requests: list[bytes] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        return [raw.split(b" ", 2)[1].decode() for raw in self.requests]

    @property
    def bodies(self) -> list[bytes]:
        return [raw.partition(b"\r\n\r\n")[2] for raw in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
                )
                self.requests.append(head + await reader.readexactly(length))
                await asyncio.sleep(self.delay)
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                status, body = self.answers.get(path, (self.status, b"ok"))
                writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    yield receiver
    server.close()


def new_engine(folder: Path, now: Callable[[], datetime] | None = None) -> Engine:
    settings = EngineSettings(
        version="0.0.0", allowed_networks=parse_networks("127.0.0.0/8"), secret_keys=("a key for tests",)
    )
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), settings, now)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    engine = new_engine(tmp_path)
    await engine.start()
    yield engine
    await engine.stop()


@dataclass
class Api:
    """The API as programs see it, with a key of each role."""

    engine: Engine
    client: httpx.AsyncClient
    keys: dict[Role, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, *, role: Role | None = Role.ADMIN, **rest: Any) -> httpx.Response:
        headers = dict(rest.pop("headers", {}))
        if role is not None:
            headers["authorization"] = f"Bearer {self.keys[role]}"
        return await self.client.request(method, path, headers=headers, **rest)

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        return await self.call("GET", f"/api/v1{path}", **rest)

    async def post(self, path: str, **rest: Any) -> httpx.Response:
        return await self.call("POST", f"/api/v1{path}", **rest)


class Now:
    """What `get` gives whenever it is used: one app serves all tests, since it takes as long as an engine to set up."""

    def __init__(self, get: Callable[[], Any]) -> None:
        self._get = get

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._get(), name)
        is_part = type(value).__module__.startswith("engine.")
        return Now(lambda: getattr(self._get(), name)) if is_part else value


@pytest.fixture(scope="session")
def app_of() -> Callable[[Engine], FastAPI]:
    """As `create_app`, for one engine after another; nothing may be added to it."""
    engines: list[Engine] = []

    @cache
    def app() -> FastAPI:
        return create_app(cast(Engine, Now(lambda: engines[-1])))

    def app_of_now(engine: Engine) -> FastAPI:
        engines[:] = [engine]
        return app()

    return app_of_now


@pytest.fixture
async def api(engine: Engine, app_of: Callable[[Engine], FastAPI]) -> AsyncGenerator[Api]:
    keys = {
        role: (
            await engine.keys.create({"name": f"{role} key", "role": role, "scopes": [*scopes_of(role)]}, actor=SYSTEM)
        )[1]
        for role in Role
    }
    transport = httpx.ASGITransport(app_of(engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Api(engine, client, keys)


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
async def port(engine: Engine, doors: Doors) -> AsyncGenerator[int]:
    app = create_app(engine)

    @app.get("/long")
    async def long() -> Response:
        return Response(b"x" * 50_000_000)

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        log_config=None,
        http=connections.bounded_by(doors),
        ws=connections.CountedWebSocket,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def eventually(condition: Any, seconds: float = 15.0) -> Any:
    """Waits until the (async) condition gives something true, and gives that."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found or asyncio.get_running_loop().time() > end:
            return found
        await asyncio.sleep(0.01)
