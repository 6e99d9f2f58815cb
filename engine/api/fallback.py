"""What the API does not have: told as a problem, and not by the page that browsers get for a wrong address."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from engine.api.problems import problem

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def add_fallback(app: FastAPI) -> None:
    """Behind all other routes under /api."""
    known = tuple(app.router.routes)

    async def nothing(request: Request) -> Response:
        if any(route.matches(request.scope)[0] == Match.PARTIAL for route in known):
            detail = f"{request.method} is not among the methods of this address; see /api/docs."
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail)
        return problem(HTTPStatus.NOT_FOUND, "There is nothing at this address; see /api/docs.")

    app.router.routes.append(Route("/api/{path:path}", nothing, methods=METHODS))
