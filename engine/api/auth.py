"""Who calls: an API key in `Authorization: Bearer KEY`, and nothing else. Cookies count for nothing here."""

from starlette.requests import Request

from engine.access.permissions import Permission, require
from engine.errors import KeyRefused
from engine.model import Actor
from engine.runtime import Engine

_LONGEST = 200


async def caller(engine: Engine, request: Request, permission: Permission) -> Actor:
    """Raises KeyRefused without a key that works, RateExceeded, Refused where its role or its scopes lack it."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise KeyRefused("Send an API key as `Authorization: Bearer KEY`; `python main.py create-key` makes one.")
    if len(key) > _LONGEST:
        raise KeyRefused("This API key is not known.")
    actor = await engine.keys.actor_of(key.strip(), request.client.host if request.client else "")
    if recognise := request.scope.get("state", {}).get("recognise"):
        recognise()
    require(actor, permission, f"{request.scope['method']} {request.scope['path'][:200]}")
    return actor
