"""How long a request may take to arrive, and how large its head may be: uvicorn itself waits for ever, and takes any.

Whoever sends a byte now and then holds a connection for this long at most, and nothing else; how many there may be at
once is bounded by `Doors`. Whoever does not read an answer is cut off too. An offer to go on in
another protocol than websockets, such as HTTP/2 in clear text, is not taken up, as a server may: uvicorn itself would
take the request's body for the first words in that protocol.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from engine.api.doors import Doors, Guest
from engine.api.json import dumps

HEAD_SECONDS: Final = 10.0
ARRIVE_SECONDS: Final = 30.0
"""From the end of the head to that of the body."""
UNREAD_SECONDS: Final = 60.0
RETRY_AFTER_SECONDS: Final = 5
MOST_HEAD: Final = 65_536
_OF_OFFERS: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class BoundedHttp(HttpToolsProtocol):
    """For uvicorn's `http`, by way of `bounded_by`."""

    doors = Doors()
    guest: Guest

    _head: int | None = None
    """Bytes of the head so far; None while none is awaited."""
    _framing = 0
    """Bytes since the last ones of a body: names of chunks, and fields behind the last chunk."""
    _timer: asyncio.TimerHandle | None = None
    _awaited: float | None = None
    """Within so many seconds, something is to arrive. A request that comes in one piece needs no timer."""
    _feeding = False
    _unread: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parser = self._new_parser()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.guest = Guest(self.client[0] if self.client else "", self._make_way)
        self._await_request()
        if not self.doors.enter(self.guest):
            words = "All connections that there may be are at work. Try again later."
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, words)

    def connection_lost(self, exc: Exception | None) -> None:
        self.doors.left(self.guest)
        self._arrived()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._await_request()
        self._framing += len(data)
        self._feeding = True
        super().data_received(data)
        self._feeding = False
        self._keep_time()
        if self._head is not None:
            self._head += len(data)
        if max(self._head or 0, self._framing) > MOST_HEAD:
            words = f"The headers are larger than {MOST_HEAD} bytes."
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, words)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.setdefault("state", {})["recognise"] = partial(self.doors.recognise, self.guest)
        self._await_request()
        if self._is_free:
            self.doors.waits(self.guest)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One that follows the body is none of the request's: it was acted upon without it."""
        if self._head is not None:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._framing = 0
        super().on_body(body)

    def on_headers_complete(self) -> None:
        if self.offers_upgrade:
            return
        self._framing = 0
        self._arrived()
        self._await(ARRIVE_SECONDS)
        self.doors.works(self.guest)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self.offers_upgrade:
            return
        self._framing = 0
        self._arrived()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """What is left of a body that nobody wants any more is no work either."""
        super().on_response_complete()
        if self._is_free:
            self.doors.idles(self.guest)

    def handle_websocket_upgrade(self) -> None:
        """The connection counts on, until the websocket's end."""
        self._arrived()
        self.doors.works(self.guest)
        if self.doors.is_known(self.guest.address):
            self.doors.recognise(self.guest)
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        if isinstance(socket, CountedWebSocket) and not self.transport.is_closing():
            socket.at_end = partial(self.doors.left, self.guest)
        else:
            self.doors.left(self.guest)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    @property
    def _is_free(self) -> bool:
        """Of work on a request."""
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete

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
        if self._awaited is None:
            self._head = 0
            self._await(HEAD_SECONDS)

    def _await(self, seconds: float) -> None:
        self._stop_timer()
        self._awaited = seconds
        self._keep_time()

    def _arrived(self) -> None:
        self._head = None
        self._awaited = None
        self._stop_timer()

    def _keep_time(self) -> None:
        """From when all that came is read."""
        if self._awaited is not None and self._timer is None and not self._feeding:
            self._timer = self.loop.call_later(self._awaited, self._is_late, self._awaited)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self, seconds: float) -> None:
        self._timer = None
        if self.flow.read_paused:  # it is we who do not read
            self._await(seconds)
            return
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"The request did not arrive within {seconds:.0f} seconds.")

    def _make_way(self) -> None:
        self._arrived()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        """Says why, where no answer has begun; closes in any case."""
        cycle: Any = self.cycle
        to_come = self._head is not None
        answerable = self._is_free if to_come else cycle is not None and not cycle.response_started
        self._arrived()
        if answerable and not self.transport.is_closing():
            body = dumps({"type": "about:blank", "title": status.phrase, "status": status, "detail": words})
            head = f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            if status is HTTPStatus.SERVICE_UNAVAILABLE:
                head += f"retry-after: {RETRY_AFTER_SECONDS}\r\n"
            head += f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(head.encode() + body)
        self.transport.close()


class CountedWebSocket(WebSocketsSansIOProtocol):
    """For uvicorn's `ws`."""

    at_end: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.at_end is not None:
            self.at_end()


def bounded_by(doors: Doors) -> type[BoundedHttp]:
    """For uvicorn's `http`."""
    return type("BoundedHttp", (BoundedHttp,), {"doors": doors})


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
