"""A page's id opens nothing: a socket acts only in pages of its own session."""

import asyncio
import re
import uuid
from contextlib import closing

import aiohttp
import httpx
import pytest
import socketio

from tests.server import ADMIN, PASSWORD, Server


def sign_in(server: Server) -> httpx.Client:
    browser = httpx.Client(base_url=server.url, follow_redirects=True)
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', browser.get("/sign-in").text))
    browser.post("/sign-in", data={**hidden, "email": ADMIN, "password": PASSWORD})
    return browser


def page_of(browser: httpx.Client) -> str:
    found = re.search(r"'client_id': '([0-9a-f-]+)'", browser.get("/").text)
    assert found
    return found[1]


async def socket_of(browser: httpx.Client, server: Server, session: aiohttp.ClientSession) -> socketio.AsyncClient:
    socket = socketio.AsyncClient(reconnection=False, http_session=session)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    await socket.connect(
        server.url, {"Cookie": cookie}, transports=["websocket"], socketio_path="/_nicegui_ws/socket.io"
    )
    return socket


def handshake(page: str) -> dict[str, str]:
    return {"client_id": page, "tab_id": str(uuid.uuid4()), "document_id": str(uuid.uuid4())}


def log(page: str, text: str) -> dict[str, str]:
    return {"client_id": page, "level": "warning", "message": text}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_socket_acts_only_in_pages_of_its_session(server: Server) -> None:
    with closing(sign_in(server)) as ours, closing(sign_in(server)) as others:
        async with aiohttp.ClientSession() as one, aiohttp.ClientSession() as another:
            page = page_of(ours)
            own, foreign = await socket_of(ours, server, one), await socket_of(others, server, another)
            await _attack(page, own, foreign)

    told = server.log()
    assert "FOREIGN" not in told
    assert "OWNxxx" in told and "x" * 1_001 not in told
    assert "line 20." in told and "line 99." not in told


async def _attack(page: str, own: socketio.AsyncClient, foreign: socketio.AsyncClient) -> None:
    assert await foreign.call("handshake", handshake(page)) is False
    assert await foreign.call("handshake", {"client_id": ["no"], "tab_id": "x"}) is False
    await foreign.emit("log", log(page, "FOREIGN"))
    assert await own.call("handshake", handshake(page)) is True
    await foreign.emit("log", log(page, "FOREIGN"))
    await foreign.emit("event", {"client_id": page, "id": 1, "listener_id": "x", "args": "[]"})
    await own.emit("log", log(page, "OWN" + "x" * 5_000))
    for number in range(100):
        await own.emit("log", log(page, f"line {number}."))
    await asyncio.sleep(0.5)
    await own.disconnect()
    await foreign.disconnect()
