"""A connection of a call out: aiohttp's sockets and parser, and what comes over them mended as far as it can be."""

import asyncio
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from engine.actions.heads import MOST_HEAD, START, may_begin_head, repaired

CONNECT_SECONDS: Final = 5.0
CUT_SHORT: Final = "The connection was lost before the body was whole."

_TIMEOUT: Final = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS)
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_BROKEN: Final = "What follows the head is no valid HTTP; the body may not be whole."
_SURPLUS: Final = "More followed than belongs to the answer; it was left out."


@dataclass(slots=True)
class Exchange:
    """One call on one connection. `anew`: on no connection that was used before. `began`: a byte of an answer came."""

    anew: bool = False
    reused: bool = False
    began: bool = False
    remark: str = ""


_current: ContextVar[Exchange] = ContextVar("exchange")


class Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType]
        self._factory = partial(AnswerProtocol, loop=asyncio.get_running_loop())

    async def connection_for(self, exchange: Exchange, origin: aiohttp.ClientRequest) -> Connection:
        """One that is kept, or a new one. `origin` is any request to there."""
        _current.set(exchange)
        return await self.connect(origin, [], _TIMEOUT)

    async def _get(self, key: Any, traces: Any) -> Connection | None:
        """A connection from the pool, unless the call wants a new one."""
        return None if _current.get().anew else await super()._get(key, traces)


class AnswerProtocol(ResponseHandler):
    """Hands on the head of an answer by itself and repaired, so that no fault in or behind it can take the status back;
    and ends a body that is not whole in place of failing it, so that what came of it can be read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._exchange, self._used = Exchange(), False
        self._head, self._foreign, self._framed = bytearray(), False, False
        self._content: StreamReader | None = None

    def begin(self, exchange: Exchange, read_bytes: int) -> None:
        """Before a request is written."""
        self._exchange = exchange
        exchange.reused, self._used = self._used, True
        self._head, self._foreign, self._content = bytearray(), False, None
        self.set_response_params(read_until_eof=True, auto_decompress=False, read_bufsize=read_bytes)

    async def answer(self) -> tuple[Any, StreamReader]:
        """The head of the answer, and what its body comes by."""
        while True:
            message, content = await self.read()
            if message.code >= 200 or message.code == 101:
                return message, content

    async def drained(self) -> None:
        """Once what was written has gone out, but for a part."""
        await self._drain_helper()

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
            self._end(content, CUT_SHORT)
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
