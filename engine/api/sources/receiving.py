"""Where platforms post: POST /in/TOKEN, and GET where a platform uses it. Open to all: the signature is the key."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from engine.api.ingest import ARRAY_BYTES
from engine.api.own_calls import origin_of
from engine.api.problems import Problem, problem
from engine.api.requests.body import headers_of, read_body
from engine.api.requests.encodings import decoded
from engine.events.sources.platform import Incoming
from engine.runtime import Engine
from engine.sources.reception import Reply

_LONGEST_TOKEN = 100
_METHODS = ("GET", "HEAD", "POST")
_NOTHING_HERE = "No source has this address. Copy it again from the page Sources."


def receiving_route(engine: Engine) -> Route:
    limit = max(engine.settings.bounds.bytes, ARRAY_BYTES)

    async def receive(request: Request) -> Response:
        """Takes what a platform posts, whatever it is: 2xx also for what means nothing to us."""
        token: str = request.path_params["token"]
        source = engine.sources.find(token) if len(token) <= _LONGEST_TOKEN else None
        gets = source is None or engine.sources.platforms[source.settings.platform].gets
        if request.method not in (_METHODS if gets else _METHODS[-1:]):
            return _wrong_method(request.method, gets=gets)
        if source is None:
            return problem(HTTPStatus.NOT_FOUND, _NOTHING_HERE)
        if request.method == "HEAD":
            return Response()
        headers, body = headers_of(request), await read_body(request, limit)
        query = request.scope["query_string"].decode("latin-1")
        url = f"{engine.settings.public_url}/in/{token}{'?' if query else ''}{query}"
        incoming = Incoming(method=request.method, url=url, headers=headers, body=body)
        address = request.client.host if request.client else ""
        plain, origin = _plain(incoming, limit), await origin_of(engine, request.headers)
        reply = await engine.reception.receive(source, incoming, plain, address, origin)
        if not reply.problem and (recognise := request.scope.get("state", {}).get("recognise")):
            recognise()
        return _answer(reply)

    return Route("/in/{token}", _OfEveryMethod(receive))


class _OfEveryMethod:
    """An endpoint that is asked for every method."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(Request(scope, receive)))(scope, receive, send)


def _wrong_method(method: str, *, gets: bool) -> Response:
    if not gets:
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "This source is posted to.", headers={"allow": _METHODS[-1]})
    allowed = ", ".join(_METHODS)
    detail = f"{method[:20]} is not among the methods of this address, which are {allowed}."
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"allow": allowed})


def _plain(incoming: Incoming, limit: int) -> bytes | None:
    """The body uncompressed and in UTF-8; None where it cannot be read."""
    try:
        return decoded(incoming.body, incoming.headers, limit)
    except Problem:
        return None


def _answer(reply: Reply) -> Response:
    if reply.problem:
        headers = {"retry-after": str(reply.retry_after)} if reply.retry_after else {}
        return problem(reply.status, reply.problem, headers=headers)
    return Response(reply.body, status_code=reply.status, media_type=reply.media_type)
