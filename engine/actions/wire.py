"""One HTTP/1.1 exchange over aiohttp's sockets and parser; its session and requests would cost more than all of that.

The status decides: once a head came, nothing that is wrong in or behind it can undo that, only cause a remark. A
connection that had been used before, and turns out to be closed before a byte of an answer came, is opened again, once.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import aiohttp
from aiohttp import StreamReader
from aiohttp.connector import Connection
from yarl import URL

from engine.actions.address import Address
from engine.actions.connection import CUT_SHORT, AnswerProtocol, Connector, Exchange
from engine.actions.sockets import Sockets

READ_BYTES: Final = 65_536
PIECE_BYTES: Final = 1 << 18

_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_STALLED: Final = "The time was up before the body was whole; this is what had come."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`body` is as it came, up to what is read; `whole` says whether that is all of it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    whole: bool
    remark: str


class Wire:
    def __init__(self, sockets: Sockets) -> None:
        self._sockets = sockets
        self._connectors: dict[bool, Connector] = {}
        """By whether their connections are kept a while for further calls."""
        self._origin = lru_cache(1_000)(_request_to)

    async def call(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Answer:
        """`seconds` bounds the whole call. Raises TimeoutError or whatever aiohttp does where no head came."""
        until, exchange = asyncio.get_running_loop().time() + seconds, Exchange()
        head = _head(method, address, headers, body)
        try:
            return await self._call(exchange, address, head, body or b"", until)
        except aiohttp.ClientConnectionError:
            if exchange.began or not exchange.reused:
                raise
        return await self._call(Exchange(anew=True), address, head, body or b"", until)

    async def close(self) -> None:
        for connector in self._connectors.values():
            await connector.close()

    async def _call(self, exchange: Exchange, address: Address, head: bytes, body: bytes, until: float) -> Answer:
        """`until` is a time of the loop's clock."""
        connector = self._connector(keep=not self._sockets.scarce)
        async with asyncio.timeout_at(until):
            connection = await connector.connection_for(exchange, self._origin(address.origin))
            protocol, writing = cast("AnswerProtocol", connection.protocol), None
            try:
                protocol.begin(exchange, READ_BYTES)
                writing = _write(protocol, head, body)
                message, content = await protocol.answer()
            except BaseException:
                _leave(connection, writing, whole=False)
                raise
        try:
            read, whole = await _read(content, exchange, until)
        finally:
            _leave(connection, writing, whole=content.is_eof())
        return Answer(status=message.code, headers=message.raw_headers, body=read, whole=whole, remark=exchange.remark)

    def _connector(self, *, keep: bool) -> Connector:
        if keep not in self._connectors:
            self._connectors[keep] = Connector(limit=0, force_close=not keep, socket_factory=self._sockets.open)
        return self._connectors[keep]


def _request_to(origin: str) -> aiohttp.ClientRequest:
    """By which aiohttp finds or opens connections; it is never sent."""
    return aiohttp.ClientRequest("GET", URL(origin, encoded=True), loop=asyncio.get_running_loop())


@lru_cache(1_000)
def _host(origin: str) -> str:
    """As the header has it: without a port that goes without saying."""
    return URL(origin, encoded=True).host_port_subcomponent or ""


def _head(method: str, address: Address, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """Raises ValueError where a header would end its line."""
    lines = [f"{method} {address.target} HTTP/1.1", f"Host: {_host(address.origin)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if "accept" not in headers:
        lines.append("Accept: */*")
    if body or method not in _WITHOUT_BODY:
        lines.append(f"Content-Length: {len(body or b'')}")
    head = "\r\n".join([*lines, "", ""])
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1 or "\0" in head:
        raise ValueError("a header is one line")
    return head.encode()


def _write(protocol: AnswerProtocol, head: bytes, body: bytes) -> asyncio.Task[None] | None:
    """What is large is written in pieces by a task, so that it holds up neither the loop nor the answer."""
    if protocol.transport is None or protocol.transport.is_closing():
        raise aiohttp.ClientConnectionResetError("The connection was closed before the call.")
    protocol.transport.write(head + body if len(body) <= PIECE_BYTES else head)
    if len(body) <= PIECE_BYTES:
        return None
    return asyncio.get_running_loop().create_task(_write_pieces(protocol, body))


async def _write_pieces(protocol: AnswerProtocol, body: bytes) -> None:
    """Where the connection ends meanwhile, whoever waits for the answer is told."""
    with suppress(aiohttp.ClientError, OSError):
        for at in range(0, len(body), PIECE_BYTES):
            if protocol.transport is None:
                return
            protocol.transport.write(body[at : at + PIECE_BYTES])
            await protocol.drained()


def _leave(connection: Connection, writing: asyncio.Task[None] | None, *, whole: bool) -> None:
    """It is kept for the next call where all of this one has come and gone."""
    if writing is not None and not writing.done():
        writing.cancel()
        whole = False
        if connection.transport is not None:
            connection.transport.abort()
    if whole:
        connection.release()
    else:
        connection.close()


async def _read(content: StreamReader, exchange: Exchange, until: float) -> tuple[bytes, bool]:
    """The part of the body that is read, and whether it is all that comes by then."""
    if content.is_eof() and content.exception() is None:
        body = content.read_nowait(READ_BYTES + 1)
    else:
        body = await _read_what_comes(content, exchange, until)
    return body[:READ_BYTES], len(body) <= READ_BYTES


async def _read_what_comes(content: StreamReader, exchange: Exchange, until: float) -> bytes:
    body = b""
    try:
        async with asyncio.timeout_at(until):
            while len(body) <= READ_BYTES and (chunk := await content.read(READ_BYTES)):
                body += chunk
    except TimeoutError:
        exchange.remark = exchange.remark or _STALLED
    except (aiohttp.ClientError, OSError):
        exchange.remark = exchange.remark or CUT_SHORT
    return body
