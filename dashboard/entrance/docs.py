"""The API's documentation, for those who are signed in or have a key: it says what this server can do."""

from http import HTTPStatus
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.entrance import cookies
from engine import Engine, TriggerHooksError

PATHS: Final = ("/api/docs", "/api/openapi.json")


class DocsForOurOwn:
    def __init__(self, app: ASGIApp, *, engine: Engine) -> None:
        self._app, self._engine = app, engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"].startswith(PATHS)
        if not asked or await self._is_known(HTTPConnection(scope)):
            await self._app(scope, receive, send)
        elif scope["path"] == PATHS[0]:
            await RedirectResponse(f"/sign-in?next={PATHS[0]}", HTTPStatus.SEE_OTHER)(scope, receive, send)
        else:
            refusal = Response("Sign in, or send an API key.", HTTPStatus.UNAUTHORIZED, media_type="text/plain")
            refusal.headers["www-authenticate"] = "Bearer"
            await refusal(scope, receive, send)

    async def _is_known(self, request: HTTPConnection) -> bool:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            actor = await self._engine.accounts.actor_of(cookies.read(request, self._engine, cookies.SESSION))
            return actor is not None and not actor.lacks_second_factor
        try:
            await self._engine.keys.actor_of(key.strip()[:200], request.client.host if request.client else "")
        except TriggerHooksError:
            return False
        return True
