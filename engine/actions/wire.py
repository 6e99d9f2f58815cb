"""One HTTP/1.1 exchange over aiohttp's sockets.

The status decides: once a head came, nothing that is wrong in or behind it can undo that, only cause a remark. A
connection that had been used before, and turns out to be closed before a byte of an answer came, is opened again, once.
"""

import asyncio
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Final

import aiohttp
from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from engine.actions.address import Address
from engine.actions.heads import MOST_HEAD, START, may_begin_head, repaired
from engine.actions.sockets import Sockets

CONNECT_SECONDS: Final = 5.0
READ_BYTES: Final = 65_536
PIECE_BYTES: Final = 1 << 18

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_CUT_SHORT: Final = "The connection was lost before the body was whole."
_BROKEN: Final = "What follows the head is no valid HTTP; the body may not be whole."
_STALLED: Final = "The time was up before the body was whole; this is what had come."
_SURPLUS: Final = "More followed than belongs to the answer; it was left out."


@dataclass(slots=True)
class Exchange:
    """One call on one connection. `anew`: on no connection that was used before. `began`: a byte of an answer came."""

    anew: bool = False
    reused: bool = False
    began: bool = False
    remark: str = ""


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
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        """By whether their connections are kept a while for further calls."""

    async def call(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Answer:
        """`seconds` bounds the whole call. Raises TimeoutError or whatever aiohttp does where no head came."""
        until, exchange = asyncio.get_running_loop().time() + seconds, Exchange()
        try:
            return await self._call(exchange, method, address, headers, body, until)
        except aiohttp.ClientConnectionError:
            if exchange.began or not exchange.reused:
                raise
        return await self._call(Exchange(anew=True), method, address, headers, body, until)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def _call(
        self,
        exchange: Exchange,
        method: str,
        address: Address,
        headers: Mapping[str, str],
        body: bytes | None,
        until: float,
    ) -> Answer:
        """`until` is a time of the loop's clock."""
        _current.set(exchange)
        session = self._session(keep=not self._sockets.scarce)
        timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS)
        async with asyncio.timeout_at(until):
            response = await session.request(
                method, _url(address), headers=headers, data=_data(body), allow_redirects=False, timeout=timeout
            )
        try:
            read, whole = await _read(response.content, exchange, until)
        finally:
            response.close()
        return Answer(
            status=response.status, headers=response.raw_headers, body=read, whole=whole, remark=exchange.remark
        )

    def _session(self, *, keep: bool) -> aiohttp.ClientSession:
        if keep not in self._sessions:
            self._sessions[keep] = self._new_session(keep=keep)
        return self._sessions[keep]

    def _new_session(self, *, keep: bool) -> aiohttp.ClientSession:
        connector = _Connector(limit=0, force_close=not keep, socket_factory=self._sockets.open)
        jar = aiohttp.DummyCookieJar()
        session = aiohttp.ClientSession(connector=connector, cookie_jar=jar, auto_decompress=False, trust_env=False)
        # It would send again also what a new connection lost, and some methods only: `call` knows better.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return session


def _url(address: Address) -> URL:
    """The query stands in the path, since an empty one would be lost."""
    return URL.build(scheme=address.scheme, authority=address.authority, path=address.target, encoded=True)


def _data(body: bytes | None) -> bytes | BytesIO | None:
    """What is large is written in pieces, so that it does not hold up the loop."""
    return BytesIO(body) if body and len(body) > PIECE_BYTES else body or None


async def _read(content: StreamReader, exchange: Exchange, until: float) -> tuple[bytes, bool]:
    """The part of the body that is read, and whether it is all that comes by then."""
    body = b""
    try:
        async with asyncio.timeout_at(until):
            while len(body) <= READ_BYTES and (chunk := await content.read(READ_BYTES)):
                body += chunk
    except TimeoutError:
        exchange.remark = exchange.remark or _STALLED
    except (aiohttp.ClientError, OSError):
        exchange.remark = exchange.remark or _CUT_SHORT
    return body[:READ_BYTES], len(body) <= READ_BYTES


_current: ContextVar[Exchange] = ContextVar("exchange")


class _Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType]
        self._factory = partial(_Protocol, loop=asyncio.get_running_loop())

    async def _get(self, key: Any, traces: Any) -> Connection | None:
        """A connection from the pool, unless the call wants a new one."""
        return None if _current.get().anew else await super()._get(key, traces)


class _Protocol(ResponseHandler):
    """Hands on the head of an answer by itself and repaired, so that no fault in or behind it can take the status back;
    and ends a body that is not whole in place of failing it, so that what came of it can be read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._exchange, self._used = Exchange(), False
        self._head, self._foreign, self._framed = bytearray(), False, False
        self._content: StreamReader | None = None

    def set_response_params(self, **options: Any) -> None:
        self._exchange = _current.get()
        self._exchange.reused, self._used = self._used, True
        self._head, self._foreign, self._content = bytearray(), False, None
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        self._exchange.began = self._exchange.began or bool(data)
        while data and self._content is None and self.exception() is None:
            data = self._hold(data)
        self._follow(data)

    def _hold(self, data: bytes) -> bytes:
        """Collects a head, and hands it on once it is whole or too long. Returns what follows it."""
        searched = max(0, len(self._head) - 2)
        self._head += data if self._head else data.lstrip(b"\r\n")
        if self._foreign or self._parser is None or not may_begin_head(bytes(self._head[:START])):
            return self._hand_on_foreign()
        found = _END_OF_HEAD.search(self._head, searched, MOST_HEAD)
        if found is None and len(self._head) < MOST_HEAD:
            return b""
        end = found.end() if found else MOST_HEAD
        head, rest = repaired(bytes(self._head[:end]), whole=found is not None), bytes(self._head[end:])
        self._head.clear()
        if head.remark:
            self._exchange.remark = self._exchange.remark or head.remark
            self.force_close()
        super().data_received(head.raw)
        return rest

    def _hand_on_foreign(self) -> bytes:
        """What is not HTTP fails by the parser's own words."""
        self._foreign = self._parser is not None
        data = bytes(self._head)
        self._head.clear()
        super().data_received(data)
        return b""

    def feed_data(self, data: tuple[Any, StreamReader], size: int = 0) -> None:
        """An answer whose head is complete; of a second one to the same request nobody hears."""
        message, content = data
        if self._content is not None:
            return self._end(self._content, _SURPLUS)
        if message.code >= 200 or message.code == 101:
            self._content = content
            self._framed = message.chunked or "content-length" in message.headers
        return super().feed_data(data, size)

    def connection_lost(self, exc: BaseException | None) -> None:
        content = self._content
        if content is not None and not content.is_eof() and (exc is not None or self._framed):
            self._end(content, _CUT_SHORT)
        super().connection_lost(exc)

    def _follow(self, data: bytes) -> None:
        """What comes behind a head."""
        content = self._content
        if content is None:
            return
        if content.is_eof():
            if data:
                self._end(content, _SURPLUS)
            return
        super().data_received(data)
        if self.exception() is not None:
            self._end(content, _SURPLUS if content.is_eof() else _BROKEN)

    def _end(self, content: StreamReader, remark: str) -> None:
        """The connection is of no more use."""
        self._exchange.remark = self._exchange.remark or remark
        self.force_close()
        if not content.is_eof():
            self._payload = None  # else the parser's own end would fail it after all
            content.feed_eof()
        if self.transport is not None:
            self.transport.close()
