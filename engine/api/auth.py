"""Who calls: an API key in `Authorization: Bearer KEY`, and nothing else. Cookies count for nothing here."""

from dataclasses import replace
from http import HTTPStatus

from starlette.requests import Request

from engine.access import Permission, require
from engine.api.problems import Problem
from engine.model import Actor
from engine.runtime import Engine

_LONGEST = 200


async def caller(engine: Engine, request: Request, permission: Permission) -> Actor:
    """Raises Problem (401) without a known key, NotAllowed where its role may not."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise _unauthorized("Send an API key as `Authorization: Bearer KEY`; `python main.py create-key` makes one.")
    actor = await engine.accounts.actor_of_key(key.strip()) if len(key) <= _LONGEST else None
    if actor is None:
        raise _unauthorized("This API key is not known, or was revoked.")
    actor = replace(actor, address=request.client.host if request.client else "")
    require(actor, permission, f"{request.method} {request.url.path[:200]}")
    return actor


def _unauthorized(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, {"www-authenticate": "Bearer"})
