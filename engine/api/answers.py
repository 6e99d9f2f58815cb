"""What all answers of the API have in common: kept in no cache, small on the wire, and to HEAD the head alone, as for
pages."""

import asyncio
import gzip
import re
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST: Final = 1_024
LARGEST: Final = 16 << 20
"""Bytes that are worth the work, and those that would take too long."""
BESIDE: Final = 32_768
"""From here on it is done beside the loop."""
_LEVEL: Final = 4
_PATHS: Final = ("/api/v1/", "/healthz", "/readyz")
_OF_PLATFORMS: Final = "/in/"
"""Some platforms post by GET, so a HEAD must not stand for one there."""
_WITHOUT: Final = re.compile(r"q=0(\.0*)?$")


class CommonAnswers:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        of_head = scope["method"] == "HEAD" and not scope["path"].startswith(_OF_PLATFORMS)
        asked = {**scope, "method": "GET"} if of_head else scope
        if scope["path"].startswith(_PATHS):
            await self._app(asked, receive, _Answer(scope, send))
        else:
            await self._app(asked, receive, _without_body(send) if of_head else send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head


class _Answer:
    """Takes the head back until it knows the body, which comes in one piece; what comes in several is passed on."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"]).setdefault("cache-control", "no-store")
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            if not message.get("more_body", False):
                message = await self._smaller(head, message)
            await self._send(head)
        await self._send({**message, "body": b""} if self._scope["method"] == "HEAD" else message)

    async def _smaller(self, head: Message, message: Message) -> Message:
        body: Any = message.get("body", b"")
        headers = MutableHeaders(raw=head["headers"])
        if not SMALLEST <= len(body) <= LARGEST or "content-encoding" in headers:
            return message
        headers.add_vary_header("accept-encoding")
        if not takes_gzip(Headers(scope=self._scope).get("accept-encoding", "")):
            return message
        body = await asyncio.to_thread(_gzipped, body) if len(body) >= BESIDE else _gzipped(body)
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        return {**message, "body": body}


def takes_gzip(accepted: str) -> bool:
    """By `Accept-Encoding`."""
    parts = (one.partition(";") for one in accepted.lower().split(","))
    choices = {name.strip(): rest for name, _, rest in parts}
    choice = choices.get("gzip", choices.get("*"))
    return choice is not None and not _WITHOUT.match(choice.replace(" ", ""))


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
