"""Who calls: an API key in `Authorization: Bearer KEY`, and nothing else. Cookies count for nothing here."""

from starlette.requests import Request
from starlette.types import Scope

from engine.access.permissions import Permission, require
from engine.errors import KeyRefused
from engine.model import Actor
from engine.runtime import Engine

_LONGEST = 200


async def caller(engine: Engine, request: Request, permission: Permission) -> Actor:
    """Raises KeyRefused without a key that works, RateExceeded, Refused where its role or its scopes lack it."""
    return await caller_by(engine, request.scope, request.headers.get("authorization", ""), permission)


async def caller_by(engine: Engine, scope: Scope, authorization: str, permission: Permission) -> Actor:
    """By the header of that name; raises the same."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise KeyRefused("Send an API key as `Authorization: Bearer KEY`; `python main.py create-key` makes one.")
    if len(key) > _LONGEST:
        raise KeyRefused("This API key is not known.")
    client = scope.get("client")
    actor = await engine.keys.actor_of(key.strip(), client[0] if client else "")
    if recognise := scope.get("state", {}).get("recognise"):
        recognise()
    require(actor, permission, f"{scope['method']} {scope['path'][:200]}")
    return actor
