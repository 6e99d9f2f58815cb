"""Endpoints that run inside this process, addressed like any URL at the internal host, with no network in between."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def internal_app() -> Starlette:
    return Starlette(routes=[Route("/echo", echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])


async def echo(request: Request) -> Response:
    """Answers with what it was sent: somewhere to point a first hook."""
    body = await request.body()
    return JSONResponse(
        {
            "method": request.method,
            "webhook-id": request.headers.get("webhook-id"),
            "received": body.decode(errors="replace"),
        }
    )
