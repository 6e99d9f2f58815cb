"""How long a request may take to arrive, and how large its head may be: uvicorn itself waits for ever, and takes any.

Whoever sends a byte now and then holds a connection for this long at most, and nothing else. An offer to go on in
another protocol than websockets, such as HTTP/2 in clear text, is not taken up, as a server may: uvicorn itself would
take the request's body for the first words in that protocol.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.api.json import dumps

ARRIVE_SECONDS: Final = 30.0
MOST_HEAD: Final = 65_536
_OF_OFFERS: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class BoundedHttp(HttpToolsProtocol):
    """For uvicorn's `http`."""

    _head: int | None = None
    """Bytes of the head so far; None while none is awaited."""
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parser = self._new_parser()

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
        if self.offers_upgrade:
            return
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self.offers_upgrade:
            return
        self._arrived()
        super().on_message_complete()

    @property
    def offers_upgrade(self) -> bool:
        """Whether the request at hand offers a protocol that we do not speak."""
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT" and not self._should_upgrade()

    def decline_upgrade(self, rest: bytes) -> None:
        """Reads the request again without its offer; `rest` is what came after its head."""
        connection = b",".join(value for name, value in self.headers if name == b"connection")
        options = [option.strip() for option in connection.split(b",")]
        kept = [option for option in options if option.lower() not in _OF_OFFERS]
        headers = [(name, value) for name, value in self.headers if name not in _OF_OFFERS]
        if kept:
            headers.append((b"connection", b", ".join(kept)))
        version = self.parser.get_http_version().encode()
        head = b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, version)
        self.parser = self._new_parser()
        self.parser.feed_data(head + b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n" + rest)

    def _new_parser(self) -> "_Parser":
        parser = _Parser(self)
        parser.protocol = self
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

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


class _Parser(HttpRequestParser):
    protocol: BoundedHttp

    def feed_data(self, data: Any) -> None:
        try:
            super().feed_data(data)
        except HttpParserUpgrade as upgrade:
            if not self.protocol.offers_upgrade:
                raise
            offset: int = upgrade.args[0]
            self.protocol.decline_upgrade(data[offset:])
