"""A page asked for by another method than GET: told as a problem, since browsers do not do that, but programs do."""

from http import HTTPStatus

from nicegui import core
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


def answer_wrong_methods() -> None:
    """Call once, before the server starts."""
    core.app.add_exception_handler(HTTPStatus.METHOD_NOT_ALLOWED, _answer)


async def _answer(request: Request, _: Exception) -> Response:
    status = HTTPStatus.METHOD_NOT_ALLOWED
    detail = f"This is a page: its methods are GET, HEAD, not {request.method[:20]}. For the API, see /api/docs."
    document = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return JSONResponse(document, status, {"allow": "GET, HEAD"}, "application/problem+json")
