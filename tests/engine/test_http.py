"""The client against real sockets on loopback: what each kind of receiver comes to, in class and words."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from engine.actions.http import KEPT_BYTES, READ_BYTES, HttpClient, Outcome, parse_networks
from engine.model import ErrorClass, Method, Request

INSIDE = Starlette(routes=[Route("/echo", lambda _: PlainTextResponse("within"), methods=["POST"])])
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiver(answer: Answer) -> AsyncIterator[str]:
    """A server that reads the head of each request and then does as `answer` says."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    finally:
        server.close()


def says(raw: bytes) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


async def send(url: str, *, networks: str = "127.0.0.0/8", seconds: float = 2, method: Method = Method.POST) -> Outcome:
    client = HttpClient(networks=parse_networks(networks), internal={"internal.ai-sync.com": INSIDE})
    body = None if method in {Method.GET, Method.DELETE} else "{}"
    try:
        return await client.send(Request(method=method, url=url, headers={}, body=body), seconds)
    finally:
        await client.close()


async def outcome_of(raw: bytes) -> Outcome:
    async with receiver(says(raw)) as url:
        return await send(url)


async def test_success_brings_the_response() -> None:
    outcome = await outcome_of(b"HTTP/1.1 201 Created\r\nx-one: 1\r\ncontent-length: 4\r\n\r\nmade")

    assert outcome.error is None
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.headers["x-one"], outcome.response.body) == (201, "1", "made")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
async def test_only_200_to_299_is_success(status: int) -> None:
    outcome = await outcome_of(b"HTTP/1.1 %d X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n" % status)

    assert outcome.response is not None
    assert outcome.response.status == status
    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.REJECTED


async def test_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"

    outcome = await send(url)

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.CONNECTION_REFUSED


async def test_a_receiver_that_hangs_is_cut_off() -> None:
    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with receiver(hang) as url:
        outcome = await send(url, seconds=0.2)

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.TIMEOUT
    assert 200 <= outcome.latency_ms < 1_500


async def test_a_body_that_drips_for_ever_is_cut_off_and_was_delivered_all_the_same() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(drip) as url:
        outcome = await send(url, seconds=0.3)

    assert outcome.error is None
    assert outcome.response is not None
    assert set(outcome.response.body) == {"x"}
    assert 300 <= outcome.latency_ms < 1_500


async def test_a_connection_closed_without_an_answer() -> None:
    outcome = await outcome_of(b"")

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.CONNECTION_RESET


@pytest.mark.parametrize("raw", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100])
async def test_an_answer_that_is_no_http(raw: bytes) -> None:
    outcome = await outcome_of(raw)

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.INVALID_RESPONSE


async def test_a_huge_body_is_read_in_part_and_kept_in_part() -> None:
    sent = 0

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n")
        while sent < 1 << 30:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with receiver(pour) as url:
        outcome = await send(url)

    assert outcome.error is None
    assert outcome.response is not None
    assert (len(outcome.response.body), outcome.response.truncated) == (KEPT_BYTES, True)
    assert sent < 64 * READ_BYTES


async def test_a_body_that_fits_is_kept_whole() -> None:
    outcome = await outcome_of(b"HTTP/1.1 200 OK\r\ncontent-length: 16384\r\n\r\n" + b"y" * KEPT_BYTES)

    assert outcome.response is not None
    assert (len(outcome.response.body), outcome.response.truncated) == (KEPT_BYTES, False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
        "0.0.0.0", "[::]",
    ],
)  # fmt: skip
async def test_no_socket_is_opened_for_a_loopback_address(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    real = socket.socket
    monkeypatch.setattr("engine.actions.http.socket.socket", lambda *args: opened.append(args) or real(*args))

    outcome = await send(f"http://{host}:9/", networks="")

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.ADDRESS_REFUSED
    assert opened == []


async def test_one_allowed_network_never_opens_another() -> None:
    outcome = await send("http://127.0.0.1:9/", networks="10.0.0.0/8")

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.ADDRESS_REFUSED


async def test_the_internal_host_is_answered_within_the_process() -> None:
    outcome = await send("https://internal.ai-sync.com/echo", networks="")

    assert outcome.error is None
    assert outcome.response is not None
    assert outcome.response.body == "within"


async def test_an_unknown_internal_path_is_rejected() -> None:
    outcome = await send("https://internal.ai-sync.com/nowhere", networks="")

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.REJECTED


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    outcome = await outcome_of(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    assert outcome.error is None


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        ("http://127.0.0.1/x", True),
        ("http://localhost:8080/x", True),
        ("http://2130706433/", True),
        ("http://[::1]/", True),
        ("https://10.0.0.7/", True),
        ("https://api.example.com/leads", False),
        ("https://internal.ai-sync.com/echo", False),
    ],
)
async def test_a_refused_address_is_told_before_it_is_called(url: str, warns: bool) -> None:
    client = HttpClient(networks=(), internal={"internal.ai-sync.com": INSIDE})

    assert (client.refusal(url) is not None) is warns
    await client.close()
