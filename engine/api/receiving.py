"""Where platforms post: POST /in/TOKEN, and GET where a platform uses it. Open to all: the signature is the key."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.api.ingest import ARRAY_BYTES
from engine.api.problems import Problem, problem
from engine.api.requests.body import headers_of, read_body
from engine.api.requests.encodings import decoded
from engine.events.sources.platform import Incoming
from engine.runtime import Engine
from engine.sources.reception import Reply

_LONGEST_TOKEN = 100
_NOTHING_HERE = "No source has this address. Copy it again from the page Sources."


def receiving_route(engine: Engine) -> Route:
    limit = max(engine.settings.bounds.bytes, ARRAY_BYTES)

    async def receive(request: Request) -> Response:
        """Takes what a platform posts, whatever it is: 2xx also for what means nothing to us."""
        token: str = request.path_params["token"]
        source = engine.sources.find(token) if len(token) <= _LONGEST_TOKEN else None
        if source is None:
            return problem(HTTPStatus.NOT_FOUND, _NOTHING_HERE)
        if request.method != "POST" and not engine.sources.platforms[source.settings.platform].gets:
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, "This source is posted to.", headers={"allow": "POST"})
        headers, body = headers_of(request), await read_body(request, limit)
        query = request.scope["query_string"].decode("latin-1")
        url = f"{engine.settings.public_url}/in/{token}{'?' if query else ''}{query}"
        incoming = Incoming(method=request.method, url=url, headers=headers, body=body)
        address = request.client.host if request.client else ""
        reply = await engine.reception.receive(source, incoming, _plain(incoming, limit), address)
        if not reply.problem and (recognise := request.scope.get("state", {}).get("recognise")):
            recognise()
        return _answer(reply)

    return Route("/in/{token}", receive, methods=["GET", "POST"])


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
