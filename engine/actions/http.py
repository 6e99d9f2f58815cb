"""The one client: a call to the outside over our own wire, or to an app within this process; each ends as an outcome.

Redirects, cookies and proxies are none of its business.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic, perf_counter
from urllib.parse import urlsplit

import httpx
from ssrfguard import BlockedAddressError
from starlette.types import ASGIApp

from engine.actions.address import Address, address_of
from engine.actions.decoding import KEPT_BYTES, readable
from engine.actions.failures import causes, classify, refused, shortly, uncallable
from engine.actions.policy import policy_of
from engine.actions.sockets import OutOfSockets, Sockets
from engine.actions.wire import PIECE_BYTES, READ_BYTES, Answer, Wire
from engine.errors import Overloaded
from engine.model import AttemptError, ErrorClass, Request, Response, Success
from engine.process.descriptors import MOST_CALLS, is_ours
from engine.process.fair_places import FairPlaces
from engine.process.shield import shielded
from engine.rules.success import judged

log = logging.getLogger(__name__)

USUAL = Success()
UNJUDGED = AttemptError(
    error_class=ErrorClass.INTERNAL_ERROR,
    message="Whether this succeeded is unknown because of an error in Trigger Hooks; the log has the details.",
)
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
        self._policy = policy_of(networks)
        self._internal = {host: httpx.ASGITransport(app) for host, app in internal.items()}
        self._places, sockets = FairPlaces(calls), Sockets(self._policy, 2 * calls)
        self._wire = Wire(sockets)
        self._short_at: float | None = None

    def is_internal(self, url: str) -> bool:
        """Whether it is answered within this process."""
        return host_of(url) in self._internal

    def refusal(self, url: str) -> str | None:
        """Why an address written as such would be refused; a name is judged when it is called, after its look-up."""
        host = host_of(url)
        address = None if host in self._internal else _literal(host)
        try:
            if address is not None:
                self._policy.check_address(address)
        except BlockedAddressError as error:
            return refused(error)
        return None

    async def send(self, request: Request, seconds: float, success: Success = USUAL) -> Outcome:
        """`seconds` bounds the whole call, from the name's look-up to the body's end, once it has its place among all
        calls. Raises NotSent, and nothing else."""
        try:
            address = address_of(request.url)
        except ValueError as cause:
            return Outcome(0.0, None, uncallable(cause))
        if address.host in self._internal:
            return await self._send(request, address, seconds, success)
        async with self._places.taken(address.authority):
            return await self._send(request, address, seconds, success)

    def check(self) -> None:
        """Raises Overloaded while descriptors are lacking."""
        if self._short_at is not None and monotonic() - self._short_at < SHORT_SECONDS:
            raise Overloaded(_SHORT_WORDS, round(SHORT_SECONDS))

    async def _send(self, request: Request, address: Address, seconds: float, success: Success) -> Outcome:
        began = perf_counter()
        response, error = None, None
        try:
            response = _response(await self._call(request, address, seconds))
        except TimeoutError:
            error = AttemptError(error_class=ErrorClass.TIMEOUT, message=f"No answer within {seconds:g} seconds.")
        except Exception as cause:
            chain = tuple(causes(cause))
            if any(isinstance(one, OutOfSockets) for one in chain) or is_ours(chain):
                self._note_shortage(chain[-1])
                raise NotSent from cause
            error = self._refused(request.url) or classify(cause)
        if response:
            error = shielded(lambda: judged(success, response), lambda: UNJUDGED, "judging a response")
        return Outcome(round((perf_counter() - began) * 1000, 2), response, error)

    def _note_shortage(self, cause: BaseException) -> None:
        now = monotonic()
        if self._short_at is None or now - self._short_at > SHORT_SECONDS:
            log.error("%s (%s)", _SHORT_WORDS, shortly(cause))
        self._short_at = now

    def _refused(self, url: str) -> AttemptError | None:
        message = self.refusal(url)
        return AttemptError(error_class=ErrorClass.ADDRESS_REFUSED, message=message) if message else None

    async def close(self) -> None:
        await self._wire.close()

    async def _call(self, request: Request, address: Address, seconds: float) -> Answer:
        body = request.body.encode() if request.body is not None else None
        if internal := self._internal.get(address.host):
            async with asyncio.timeout(seconds):
                return await _ask_within(internal, request, address, body)
        return await self._wire.call(str(request.method), address, request.headers, body, seconds)


def host_of(url: str) -> str:
    """As it would be called; of text that cannot be called, as it is written."""
    try:
        return address_of(url).host
    except ValueError:
        return urlsplit(url).hostname or ""


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


async def _ask_within(app: httpx.ASGITransport, request: Request, address: Address, body: bytes | None) -> Answer:
    """A long body is handed over in pieces, between which others get their turn."""
    headers, content = dict(request.headers), body
    if body is not None and len(body) > PIECE_BYTES:
        headers["content-length"] = str(len(body))
        content = _pieces(body)
    called = httpx.Request(str(request.method), address.text, headers=headers, content=content)
    answer = await app.handle_async_request(called)
    read = await answer.aread()
    return Answer(
        status=answer.status_code,
        headers=tuple(answer.headers.raw),
        body=read[:READ_BYTES],
        whole=len(read) <= READ_BYTES,
        remark="",
    )


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), PIECE_BYTES):
        yield body[at : at + PIECE_BYTES]


def _response(answer: Answer) -> Response:
    """As it is kept."""
    headers, cut = _headers(answer.headers)
    text = readable(answer.body, headers, whole=answer.whole)
    remarks = (answer.remark, *text.remarks, _HEADERS_CUT if cut else "")
    return Response(
        status=answer.status,
        headers=headers,
        body=text.body,
        truncated=text.truncated,
        remarks=tuple(remark for remark in remarks if remark),
    )


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> tuple[dict[str, str], bool]:
    """By name in lower case, several of a name joined; and whether some are left out."""
    headers: dict[str, str] = {}
    left = KEPT_BYTES
    for raw_name, raw_value in pairs:
        name, value = _header_text(raw_name).lower(), _header_text(raw_value)
        left -= len(name) + len(value)
        if left < 0:
            return headers, True
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers, False


def _header_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_HEADERS_CUT = f"Headers beyond {KEPT_BYTES // 1024} KiB are left out."
