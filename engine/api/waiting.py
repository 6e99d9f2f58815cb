"""What waits with an older version of its hook, over HTTP."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.body import read_object
from engine.api.schemas import PROBLEMS, WAITING_BODY
from engine.errors import InvalidHook
from engine.runtime import Engine


def waiting_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["hooks"], responses=PROBLEMS)

    @router.get("/hooks/{hook_id}/waiting")
    async def count_waiting(request: Request, hook_id: int) -> Response:
        """How many executions wait with an older version than the newest."""
        await caller(engine, request, Permission.VIEW)
        version = engine.hooks.get(hook_id).version
        return answer({"waiting": await engine.waiting_behind.count(hook_id), "version": version})

    @router.post("/hooks/{hook_id}/waiting", openapi_extra=WAITING_BODY)
    async def send_waiting(request: Request, hook_id: int) -> Response:
        """Sends them by the newest version, each when it is due."""
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        if (await read_object(request)).get("version") != "now":
            raise InvalidHook({"version": 'Write "now": by the hook as it is.'})
        moved = await engine.waiting_behind.send_by_new(hook_id, actor=actor)
        return answer({"moved": moved, "version": engine.hooks.get(hook_id).version})

    return router
