"""Real senders as people use them, against a real server: each posts an event, and finds it stored."""

import asyncio
import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests

from tests.server import Server

Send = Callable[[str, str, bytes], int]
NODE = """
const [url, key, body] = process.argv.slice(1);
const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
fetch(url, { method: "POST", headers, body }).then((answer) => console.log(answer.status));
"""


def headers(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}", "content-type": "application/json"}


def by_httpx(url: str, key: str, body: bytes) -> int:
    return httpx.post(url, content=body, headers=headers(key)).status_code


def by_requests(url: str, key: str, body: bytes) -> int:
    return requests.post(url, data=body, headers=headers(key), timeout=30).status_code


def by_requests_in_chunks(url: str, key: str, body: bytes) -> int:
    return requests.post(url, data=iter([body[:7], body[7:]]), headers=headers(key), timeout=30).status_code


def by_aiohttp(url: str, key: str, body: bytes) -> int:
    async def send() -> int:
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers(key)) as answer:
            return answer.status

    return asyncio.run(send())


def by_urllib(url: str, key: str, body: bytes) -> int:
    asked = urllib.request.Request(url, data=body, headers=headers(key))
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.status


def by_node(url: str, key: str, body: bytes) -> int:
    node = Path(sys.prefix) / "bin" / "node"
    run = [str(node) if node.exists() else "node", "-e", NODE, url, key, body.decode()]
    return int(subprocess.run(run, capture_output=True, text=True, timeout=60, check=True).stdout)


def by_curl(url: str, key: str, body: bytes) -> int:
    told = [part for name, value in headers(key).items() for part in ("-H", f"{name}: {value}")]
    run = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", *told, "--data-binary", "@-", url]
    return int(subprocess.run(run, input=body, capture_output=True, timeout=60, check=True).stdout)


def by_curl_with_http2(url: str, key: str, body: bytes) -> int:
    """Asks for an upgrade to HTTP/2, as curl does over plain HTTP; whoever has it not goes on as ever."""
    told = [part for name, value in headers(key).items() for part in ("-H", f"{name}: {value}")]
    run = ["curl", "-sS", "--http2", "-o", "/dev/null", "-w", "%{http_code}", *told, "--data-binary", "@-", url]
    return int(subprocess.run(run, input=body, capture_output=True, timeout=60, check=True).stdout)


def by_hand_with_an_upgrade(url: str, key: str, body: bytes) -> int:
    """The h2c upgrade of RFC 7540, byte by byte."""

    async def send() -> int:
        parts = httpx.URL(url)
        reader, writer = await asyncio.open_connection(parts.host, parts.port)
        head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.host}\r\ncontent-length: {len(body)}\r\n"
        head += "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers(key).items())
        writer.write(head.encode() + b"\r\n" + body)
        line = await asyncio.wait_for(reader.readline(), 30)
        writer.close()
        return int(line.split()[1])

    return asyncio.run(send())


def sender(send: Send, program: str | None = None) -> object:
    missing = program is not None and shutil.which(program) is None
    marks = [pytest.mark.skipif(missing, reason=f"there is no {program} here")] if program else []
    return pytest.param(send, id=send.__name__, marks=marks)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    server = Server(tmp_path_factory.mktemp("senders")).with_admin().start(90)
    yield server
    server.stop()


@pytest.mark.parametrize(
    "send",
    [
        *map(sender, (by_httpx, by_requests, by_requests_in_chunks, by_aiohttp, by_urllib, by_hand_with_an_upgrade)),
        sender(by_node),
        sender(by_curl, "curl"),
        sender(by_curl_with_http2, "curl"),
    ],
)
def test_an_event_of_a_real_sender_is_stored(server: Server, send: Send) -> None:
    event = {"type": "call.ended", "id": f"evt_{send.__name__}", "data": {"first_name": "Zoë", "name": "李明 👍"}}

    status = send(f"{server.url}/api/v1/events", server.key(), json.dumps(event, ensure_ascii=False).encode())

    assert status == 202
    found = httpx.get(f"{server.url}/api/v1/events/{event['id']}", headers=headers(server.key("admin"))).json()
    assert found["data"] == event["data"]
