"""API keys over HTTP, for Admins: make, list, change, roll, revoke."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id, Limit, TextAsked
from engine.api.schemas import KEY_BODY, PROBLEMS, ROLL_BODY
from engine.errors import InvalidKey
from engine.model import ApiKey, Json
from engine.people.api_keys import write_settings
from engine.runtime import Engine


def key_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["keys"], responses=PROBLEMS)

    @router.get("/keys")
    async def list_keys(request: Request, limit: Limit = 50, cursor: TextAsked = None) -> Response:
        """Newest first, also those that have ended; never the keys themselves."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        page = await engine.keys.page(actor=actor, limit=limit, cursor=cursor)
        return answer({"items": [_key(key) for key in page.items], "next": page.next})

    @router.post("/keys", status_code=201, openapi_extra=KEY_BODY)
    async def create_key(request: Request) -> Response:
        """Answers with `key`, this once. Nobody makes a key for more than they may do themselves."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        made, plain = await engine.keys.create(await read_object(request), actor=actor)
        return _made(made, plain)

    @router.get("/keys/{key_id}")
    async def get_key(request: Request, key_id: Id) -> Response:
        actor = await caller(engine, request, Permission.ADMINISTER)
        return answer(_key(await engine.keys.get(key_id, actor=actor)))

    @router.patch("/keys/{key_id}", openapi_extra=KEY_BODY)
    async def change_key(request: Request, key_id: Id) -> Response:
        """What is left out stays; a role always does."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        return answer(_key(await engine.keys.change(key_id, await read_object(request), actor=actor)))

    @router.post("/keys/{key_id}/roll", status_code=201, openapi_extra=ROLL_BODY)
    async def roll_key(request: Request, key_id: Id) -> Response:
        """A new key of the same settings; the old one works for `overlap` seconds still."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        overlap = (await read_object(request)).get("overlap", 0)
        if not isinstance(overlap, int):
            raise InvalidKey({"overlap": "A number of seconds: 0, 3600, 86400 or 604800."})
        made, plain = await engine.keys.roll(key_id, timedelta(seconds=min(max(overlap, -1), 10**9)), actor=actor)
        return _made(made, plain)

    @router.delete("/keys/{key_id}", status_code=204)
    async def revoke_key(request: Request, key_id: Id) -> Response:
        """It works no more, at once."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        await engine.keys.revoke(key_id, actor=actor)
        return Response(status_code=204)

    return router


def _made(key: ApiKey, plain: str) -> Response:
    headers = {"location": f"/api/v1/keys/{key.id}", "cache-control": "no-store"}
    return answer({**_key(key), "key": plain}, 201, headers)


def _key(key: ApiKey) -> dict[str, Json]:
    return {
        "id": key.id,
        "prefix": key.prefix,
        **write_settings(key.settings),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
        "last_used_from": key.last_used_from,
    }
