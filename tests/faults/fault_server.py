"""A receiver that misbehaves for real: each fault is an `Answer`, given on loopback once a head of a request was read.

It counts its connections, those that are open still, and the bytes that it could send.
"""

import asyncio
import gzip
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count
from pathlib import Path

import brotli  # pyright: ignore[reportMissingTypeStubs]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAUSE_SECONDS = 0.2
BLOCK = b"x" * 65_536
GIB = 1 << 30


@dataclass
class FaultServer:
    """`open` are the connections that the caller has not let go of; `sent` counts what its sockets took from us."""

    answer: "Answer"
    scheme: str = "http"
    port: int = 0
    connections: int = 0
    open: int = 0
    sent: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/in"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head + await reader.readexactly(_length(head)))
            await self.answer(Exchange(self, reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.transport.abort()


@dataclass
class Exchange:
    """One request, and how to misbehave at it."""

    server: FaultServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def number(self) -> int:
        """Of the request, from 1."""
        return len(self.server.requests)

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()
        self.server.sent += len(raw)

    async def drip(self, raw: bytes) -> None:
        for byte in raw:
            await self.send(bytes([byte]))
            await asyncio.sleep(PAUSE_SECONDS)

    async def close(self) -> None:
        """Regularly: all that was sent still arrives."""
        self.writer.close()
        await self.writer.wait_closed()

    async def until_left(self) -> None:
        """Until the caller lets go of the connection."""
        await self.reader.read()

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = Callable[[Exchange], Awaitable[None]]


def says(raw: bytes) -> Answer:
    """All of it at once; then the connection stays open, as one that is kept alive."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(raw)
        await exchange.until_left()

    return answer


def says_and_closes(raw: bytes) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(raw)
        await exchange.close()

    return answer


def status(code: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} X", *headers, "content-length: 2", "", "ok"]).encode()


def statuses(*codes: int) -> Answer:
    """One for each request; the last for all others. The connection is closed after each."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(status(codes[min(exchange.number, len(codes)) - 1], "connection: close"))
        await exchange.close()

    return answer


async def silence(exchange: Exchange) -> None:
    await exchange.until_left()


async def dripped_head(exchange: Exchange) -> None:
    await exchange.drip(b"HTTP/1.1 200 OK\r\n" + b"x-slow: 1\r\n" * 1_000)


async def dripped_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    await exchange.drip(b"x" * 1_000_000)


async def endless_interim(exchange: Exchange) -> None:
    for _ in count():
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(PAUSE_SECONDS / 10)


async def reset_at_once(exchange: Exchange) -> None:
    exchange.reset()


async def reset_within_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf of it")
    await asyncio.sleep(PAUSE_SECONDS)
    exchange.reset()


async def huge_body(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % GIB)
    for _ in range(GIB // len(BLOCK)):
        await exchange.send(BLOCK)


async def huge_chunks(exchange: Exchange) -> None:
    """A body without a length, in chunks that would be 1 GiB each."""
    await exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n" % GIB)
    for _ in range(GIB // len(BLOCK)):
        await exchange.send(BLOCK)


def packed_bomb(coding: str) -> Answer:
    bomb = _bomb(coding)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {len(bomb)}\r\nconnection: close\r\n\r\n"
    return says(head.encode() + bomb)


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": partial(brotli.compress, quality=1),
    "zstd": zstd.compress,
}


@cache
def _bomb(coding: str) -> bytes:
    """256 MiB of zeros in at most a thousandth of that; a file of gzip or zstd may be several, one after the other."""
    zeros = bytes(1 << 20)
    return BOMBS[coding](zeros * 256) if coding == "br" else BOMBS[coding](zeros) * 256


async def half_close_after_answer(exchange: Exchange) -> None:
    await exchange.send(status(200))
    exchange.writer.write_eof()
    await exchange.until_left()


async def half_close_within_head(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nx-half:")
    exchange.writer.write_eof()
    await exchange.until_left()


@asynccontextmanager
async def fault_server(answer: Answer, context: ssl.SSLContext | None = None) -> AsyncIterator[FaultServer]:
    faulty = FaultServer(answer, scheme="https" if context else "http")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await faulty.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    faulty.port = server.sockets[0].getsockname()[1]
    try:
        yield faulty
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


@asynccontextmanager
async def full_backlog() -> AsyncIterator[str]:
    """A socket that listens and never accepts, its queue filled: what asks for a connection hears nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/in"
        finally:
            for one in waiting:
                one.close()


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def self_signed(folder: Path, days: int = 1) -> ssl.SSLContext:
    """A server's side of TLS that nobody has a reason to trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", str(days), "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
