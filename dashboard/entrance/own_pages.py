"""A socket serves only pages that its own session has opened. For NiceGUI, knowing a page's id is enough.

The id is in every page's source and messages, so it is no secret to rely on: without this, a user's socket could act in
an Admin's open page, in the Admin's name.
"""

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, Final, cast

from nicegui import Client, core
from nicegui import nicegui as server
from starlette.requests import HTTPConnection

from dashboard.entrance import cookies
from engine import Engine

OF_A_PAGE: Final = ("event", "javascript_response", "ack", "log")
"""The messages that name a page."""
LONGEST_LOG: Final = 1_000
MOST_LOGS: Final = 60
"""A minute, of all browsers together."""

_HANDLERS: Final = cast("dict[str, Any]", core.sio.handlers["/"])  # pyright: ignore[reportUnknownMemberType]
_NICEGUI: Final = dict(_HANDLERS)
"""As they were before any server of this process was bound."""

Handler = Callable[[str, dict[str, Any]], object]
Handshake = Callable[[str, dict[str, Any]], Awaitable[bool]]


def bind_pages(engine: Engine) -> None:
    """Call once, before the server starts."""
    for name in OF_A_PAGE:
        _HANDLERS[name] = _from_its_own_page(_NICEGUI[name])
    _HANDLERS["log"] = _bounded(_HANDLERS["log"])
    handshake = _of_its_own_session(engine, cast("Handshake", _NICEGUI["handshake"]))
    _HANDLERS["handshake"] = handshake
    server._on_handshake = handshake  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]


def _from_its_own_page(handler: Handler) -> Handler:
    """The handshake puts a socket into a room named after its page."""

    def on(socket_id: str, message: dict[str, Any]) -> object:
        rooms = cast("list[str]", core.sio.rooms(socket_id))  # pyright: ignore[reportUnknownMemberType]
        return handler(socket_id, message) if _page_id(message) in rooms else None

    return on


def _of_its_own_session(engine: Engine, handshake: Handshake) -> Handshake:
    async def on(socket_id: str, message: dict[str, Any]) -> bool:
        client = Client.instances.get(_page_id(message))
        environ = cast("Mapping[str, Any]", core.sio.get_environ(socket_id) or {})  # pyright: ignore[reportUnknownMemberType]
        if client is None or not same_session(engine, client, environ.get("asgi.scope")):
            return False
        return await handshake(socket_id, message)

    return on


def same_session(engine: Engine, client: Client, scope: Any) -> bool:
    """Whether a socket was opened with the session that the page was requested with."""
    if not isinstance(scope, dict):
        return False
    asked = cookies.read(client.request, engine, cookies.SESSION)
    return bool(asked) and asked == cookies.read(HTTPConnection(cast("dict[str, Any]", scope)), engine, cookies.SESSION)


def _bounded(handler: Handler) -> Handler:
    """What a browser logs is cut, and dropped beyond a rate."""
    began, count = monotonic(), 0

    def on(socket_id: str, message: dict[str, Any]) -> object:
        nonlocal began, count
        if monotonic() - began >= 60:
            began, count = monotonic(), 0
        count += 1
        if count > MOST_LOGS or message.get("level") not in {"debug", "info", "warning", "error"}:
            return None
        return handler(socket_id, {**message, "message": str(message.get("message"))[:LONGEST_LOG]})

    return on


def _page_id(message: object) -> str:
    named: object = cast("dict[str, object]", message).get("client_id") if isinstance(message, dict) else None
    return named if isinstance(named, str) else ""
