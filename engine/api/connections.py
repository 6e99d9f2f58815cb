"""How long a request may take to arrive, and how large its head may be: uvicorn itself waits for ever, and takes any.

Whoever sends a byte now and then holds a connection for this long at most, and nothing else.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.api.json import dumps

ARRIVE_SECONDS: Final = 30.0
MOST_HEAD: Final = 65_536


class BoundedHttp(HttpToolsProtocol):
    """For uvicorn's `http`."""

    _head: int | None = None
    """Bytes of the head so far; None while none is awaited."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._await_request()
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > MOST_HEAD:
                words = f"The headers are larger than {MOST_HEAD} bytes."
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, words)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_request()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arrived()
        super().on_message_complete()

    def _await_request(self) -> None:
        if self._timer is None:
            self._head = 0
            self._timer = self.loop.call_later(ARRIVE_SECONDS, self._is_late)

    def _arrived(self) -> None:
        self._head = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        self._timer = None
        if self.transport.get_protocol() is not self:  # a websocket by now
            return
        if self.flow.read_paused:  # it is we who do not read
            self._timer = self.loop.call_later(ARRIVE_SECONDS, self._is_late)
            return
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"The request did not arrive within {ARRIVE_SECONDS:.0f} seconds.")

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        """Says why, where no answer has begun; closes in any case."""
        cycle: Any = self.cycle
        if self._head is not None:  # that of this request is yet to come
            answerable = cycle is None or cycle.response_complete
        else:
            answerable = cycle is not None and not cycle.response_started
        self._arrived()
        if answerable and not self.transport.is_closing():
            body = dumps({"type": "about:blank", "title": status.phrase, "status": status, "detail": words})
            head = f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            head += f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(head.encode() + body)
        self.transport.close()
