"""Lists asked by POST: what a query would say is in the body, which no proxy writes into its log."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.api.requests.body import read_object
from engine.api.schemas import PROBLEMS, SEARCH_BODY
from engine.errors import InvalidHook
from engine.events.bounds import Bounds
from engine.model import Json

SEARCHED: Final = ("audit", "events", "executions", "hooks", "leads", "tasks")
"""The lists that take `q`."""
ASKED: Final = Bounds(bytes=16_384, fields=50)


def search_routes(lists: ASGIApp, root: str) -> APIRouter:
    """`lists` answers GET for each list, under `root`."""
    router = APIRouter(responses=PROBLEMS)
    for name in SEARCHED:
        _add_search(router, lists, root, name)
    return router


def _add_search(router: APIRouter, lists: ASGIApp, root: str, name: str) -> None:
    @router.post(f"/{name}/search", tags=[name], name=f"search_{name}", openapi_extra=SEARCH_BODY)
    async def search(request: Request) -> Response:
        """The list as GET answers it, with the parameters of its query as fields of a JSON object."""
        return _Listed(lists, f"{root}/{name}", _query(await read_object(request, ASKED)))


class _Listed(Response):
    """What the list at `path` answers to the query; that also says who may see it."""

    def __init__(self, lists: ASGIApp, path: str, query: bytes) -> None:
        super().__init__()
        self._lists = lists
        self._asked = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": query}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._lists({**scope, **self._asked}, receive, send)


def _query(asked: Mapping[str, Json]) -> bytes:
    """Raises InvalidHook."""
    given = {name: value for name, value in asked.items() if value is not None}
    if problems := {name: _PLAIN for name, value in given.items() if not isinstance(value, str | int)}:
        raise InvalidHook(problems)
    words = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    return urlencode(words, errors="replace").encode()


_PLAIN: Final = "Give text, a whole number, true or false."
