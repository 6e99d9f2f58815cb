"""Addresses and methods that programs ask for and that do not exist: told as a problem, and not by the page that
browsers get for a wrong address."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from engine.api.problems import problem

_PATHS = ("/api/{path:path}", "/in/{path:path}", "/healthz", "/readyz")
_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def add_fallback(app: FastAPI) -> None:
    """Behind all other routes, and ahead of the pages, which are mounted later."""
    nothing = Nothing(tuple(app.router.routes))
    app.router.routes += [Route(path, nothing) for path in _PATHS]


class Nothing:
    def __init__(self, known: tuple[BaseRoute, ...]) -> None:
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        if (
            path.endswith("/")
            and (shorter := path.rstrip("/"))
            and self._methods(dict(request.scope) | {"path": shorter})
        ):
            detail = f"There is nothing at this address; leave out the slash at its end: {shorter[:200]}"
            return problem(HTTPStatus.NOT_FOUND, detail)
        if methods := self._methods(request.scope):
            allowed = ", ".join(methods)
            detail = f"{request.method[:20]} is not among the methods of this address, which are {allowed}."
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"allow": allowed})
        return problem(HTTPStatus.NOT_FOUND, "There is nothing at this address; see /api/docs.")

    def _methods(self, scope: Scope) -> list[str]:
        """That the address has."""
        asked = dict(scope)
        found = {method for method in _ORDER if self._is_there(asked | {"method": method})}
        return [method for method in _ORDER if method in found or (method == "HEAD" and "GET" in found)]

    def _is_there(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._known)
