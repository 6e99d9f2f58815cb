"""Accepts websockets only from signed-in users, whatever page they request."""

from http import HTTPStatus
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.entrance import cookies
from engine import Engine

PATH: Final = "/_nicegui_ws/"
POLICY_VIOLATION: Final = 1008


class SignedInSockets:
    def __init__(self, app: ASGIApp, *, engine: Engine) -> None:
        self._app, self._engine = app, engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not scope["path"].startswith(PATH) or await self._is_signed_in(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await PlainTextResponse("Sign in first.", HTTPStatus.FORBIDDEN)(scope, receive, send)

    async def _is_signed_in(self, scope: Scope) -> bool:
        token = cookies.read(HTTPConnection(scope), self._engine, cookies.SESSION)
        return await self._engine.accounts.actor_of(token) is not None
