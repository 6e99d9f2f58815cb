"""The one client. httpx's requests and transports over aiohttp's sockets, each address judged as it is connected to.

httpx's client layer is left out: it adds redirects, cookies and proxies, none of which is wanted here, and a third of
the time of a call.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic, perf_counter
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from ssrfguard import BlockedAddressError, Policy
from starlette.types import ASGIApp

from engine.actions.sockets import OutOfSockets, Sockets
from engine.errors import Overloaded
from engine.model import AttemptError, ErrorClass, Request, Response, Success
from engine.process.descriptors import MOST_CALLS, is_ours
from engine.process.fair_places import FairPlaces
from engine.rules.success import judged

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
READ_BYTES = 65_536
KEPT_BYTES = 16_384
PIECE_BYTES = 262_144
USUAL = Success()
SHORT_SECONDS = 10.0
"""For so long after a call that we had no descriptor for, we are not ready."""
_SHORT_WORDS = (
    "The process has no file descriptors left, so calls out wait. Raise its limit (ulimit -n, LimitNOFILE), or lower "
    "the calls at once of the lanes."
)


class NotSent(Exception):
    """We lacked a descriptor or memory for the call, so the receiver is not to blame."""


class Outcome:
    """What a call came to: a response, or the error that took its place, after so many milliseconds."""

    __slots__ = ("error", "latency_ms", "response")

    def __init__(self, latency_ms: float, response: Response | None, error: AttemptError | None) -> None:
        self.latency_ms, self.response, self.error = latency_ms, response, error


def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Such as `10.0.0.0/8, fd00::/8`; empty text for none. Raises ValueError."""
    return tuple(ip_network(part, strict=False) for part in text.replace(",", " ").split())


class HttpClient:
    def __init__(
        self,
        *,
        networks: tuple[IPv4Network | IPv6Network, ...],
        internal: Mapping[str, ASGIApp],
        calls: int = MOST_CALLS,
    ) -> None:
        """`internal` maps a host to the app that answers for it within this process. At most `calls` others are called
        at once, by twice as many sockets: some are kept for the next call, while there are enough."""
        self._policy = Policy(allowed_networks=networks)
        self._internal = {host: httpx.ASGITransport(app) for host, app in internal.items()}
        self._places, self._sockets = FairPlaces(calls), Sockets(self._policy, 2 * calls)
        self._keeping = AiohttpTransport(client=lambda: self._session(keep=True), trust_env=False)
        self._closing = AiohttpTransport(client=lambda: self._session(keep=False), trust_env=False)
        self._short_at: float | None = None

    def is_internal(self, url: str) -> bool:
        """Whether it is answered within this process."""
        return urlsplit(url).hostname in self._internal

    def refusal(self, url: str) -> str | None:
        """Why an address written as such would be refused; a name is judged when it is called, after its look-up."""
        host = urlsplit(url).hostname or ""
        address = None if host in self._internal else _literal(host)
        try:
            if address is not None:
                self._policy.check_address(address)
        except BlockedAddressError as error:
            return _REFUSED.format(cause=_shortly(error))
        return None

    async def send(self, request: Request, seconds: float, success: Success = USUAL) -> Outcome:
        """`seconds` bounds the whole call, from the name's look-up to the body's end, once it has its place among all
        calls. Raises NotSent, and nothing else."""
        if self.is_internal(request.url):
            return await self._send(request, seconds, success)
        async with self._places.taken(urlsplit(request.url).netloc):
            return await self._send(request, seconds, success)

    def check(self) -> None:
        """Raises Overloaded while descriptors are lacking."""
        if self._short_at is not None and monotonic() - self._short_at < SHORT_SECONDS:
            raise Overloaded(_SHORT_WORDS, round(SHORT_SECONDS))

    async def _send(self, request: Request, seconds: float, success: Success) -> Outcome:
        began = perf_counter()
        response, error = None, None
        try:
            async with asyncio.timeout(seconds):
                response = await self._call(_to_httpx(request))
        except TimeoutError:
            error = AttemptError(error_class=ErrorClass.TIMEOUT, message=f"No answer within {seconds:g} seconds.")
        except Exception as cause:
            chain = tuple(_causes(cause))
            if any(isinstance(one, OutOfSockets) for one in chain) or is_ours(chain):
                self._note_shortage(chain[-1])
                raise NotSent from cause
            error = self._refused(request.url) or _classify(cause)
        if response:
            error = judged(success, response)
        return Outcome(round((perf_counter() - began) * 1000, 2), response, error)

    def _note_shortage(self, cause: BaseException) -> None:
        now = monotonic()
        if self._short_at is None or now - self._short_at > SHORT_SECONDS:
            log.error("%s (%s)", _SHORT_WORDS, _shortly(cause))
        self._short_at = now

    def _refused(self, url: str) -> AttemptError | None:
        message = self.refusal(url)
        return AttemptError(error_class=ErrorClass.ADDRESS_REFUSED, message=message) if message else None

    async def close(self) -> None:
        await self._keeping.aclose()
        await self._closing.aclose()

    async def _call(self, request: httpx.Request) -> Response:
        outside = self._closing if self._sockets.scarce else self._keeping
        transport = self._internal.get(request.url.host, outside)
        answer = await transport.handle_async_request(request)
        try:
            body, truncated = await _read(answer)
        finally:
            await answer.aclose()
        headers = dict(answer.headers.items())
        return Response(
            status=answer.status_code, headers=headers, body=body.decode(errors="replace"), truncated=truncated
        )

    def _session(self, *, keep: bool) -> aiohttp.ClientSession:
        """`keep`: connections are kept a while for further calls."""
        connector = aiohttp.TCPConnector(limit=0, force_close=not keep, socket_factory=self._sockets.open)
        return aiohttp.ClientSession(connector=connector, auto_decompress=False, trust_env=False)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host spells, also in the odd ways of old (127.1, 0x7f.1, 2130706433)."""
    if host == "localhost" or host.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


@lru_cache(1_000)
def _parsed(url: str) -> httpx.URL:
    """Reading an address takes longer than all the rest of a request; hooks call the same ones again and again."""
    return httpx.URL(url)


def _to_httpx(request: Request) -> httpx.Request:
    """A long body is handed over in pieces, between which others get their turn."""
    body, headers = request.body.encode() if request.body is not None else None, dict(request.headers)
    content: bytes | AsyncIterator[bytes] | None = body
    if body is not None and len(body) > PIECE_BYTES:
        headers["content-length"] = str(len(body))
        content = _pieces(body)
    return httpx.Request(
        str(request.method),
        _parsed(request.url),
        headers=headers,
        content=content,
        extensions={"timeout": {"connect": CONNECT_SECONDS}},
    )


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), PIECE_BYTES):
        yield body[at : at + PIECE_BYTES]


async def _read(answer: httpx.Response) -> tuple[bytes, bool]:
    """The part of the body that is kept, and whether there was more."""
    body = b""
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > READ_BYTES:
            break
    return body[:KEPT_BYTES], len(body) > KEPT_BYTES


def _classify(error: Exception) -> AttemptError:
    """The class and plain words of whatever a call can raise, read off the whole chain of causes."""
    chain = list(_causes(error))
    for kind, (error_class, words) in _KINDS.items():
        for cause in chain:
            if isinstance(cause, kind):
                return AttemptError(error_class=error_class, message=words.format(cause=_shortly(cause)))
    words = f"The answer is no valid HTTP: {_shortly(chain[-1])}"
    return AttemptError(error_class=ErrorClass.INVALID_RESPONSE, message=words)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, aiohttp.ClientConnectorError):
            yield error.os_error
        error = error.__cause__ or error.__context__


def _shortly(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:300]


_REFUSED = "This address is not public, and calls go to public addresses alone. {cause}"
_KINDS: dict[type[BaseException], tuple[ErrorClass, str]] = {
    BlockedAddressError: (ErrorClass.ADDRESS_REFUSED, _REFUSED),
    socket.gaierror: (ErrorClass.DNS_ERROR, "The host name could not be looked up: {cause}"),
    aiohttp.ClientConnectorDNSError: (ErrorClass.DNS_ERROR, "The host name could not be looked up: {cause}"),
    aiohttp.ClientSSLError: (ErrorClass.TLS_ERROR, "No trusted encrypted connection: {cause}"),
    aiohttp.ServerTimeoutError: (ErrorClass.TIMEOUT, "No answer in time: {cause}"),
    TimeoutError: (ErrorClass.TIMEOUT, "No answer in time: {cause}"),
    ConnectionRefusedError: (ErrorClass.CONNECTION_REFUSED, "Nothing listens at this address and port."),
    aiohttp.ClientResponseError: (ErrorClass.INVALID_RESPONSE, "The answer is no valid HTTP: {cause}"),
    aiohttp.ServerDisconnectedError: (ErrorClass.CONNECTION_RESET, "The receiver closed the connection."),
    ConnectionError: (ErrorClass.CONNECTION_RESET, "The connection was lost: {cause}"),
    aiohttp.ClientPayloadError: (ErrorClass.CONNECTION_RESET, "The connection was lost within the answer: {cause}"),
    OSError: (ErrorClass.CONNECTION_REFUSED, "No connection could be made: {cause}"),
}
"""The most telling kinds first; of each, the outermost cause that is of it."""
