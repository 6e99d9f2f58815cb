"""The settings of the lanes over HTTP."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.body import read_object
from engine.api.schemas import LANE_BODY, PROBLEMS
from engine.model import HookType, Json
from engine.runtime import Engine


def lane_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["lanes"], responses=PROBLEMS)

    @router.get("/lanes")
    async def list_lanes(request: Request) -> Response:
        """Every type of hook with its calls at once, timeout in seconds and retry schedule."""
        await caller(engine, request, Permission.VIEW)
        return answer({"items": [_lane(engine, type) for type in HookType], "next": None})

    @router.put("/lanes/{type}", openapi_extra=LANE_BODY)
    async def replace_lane(request: Request, type: HookType) -> Response:
        """What is left out is as usual."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        raw = dict(await read_object(request))
        raw.pop("type", None)
        await engine.lane_settings.save(type, raw, actor=actor)
        return answer(_lane(engine, type))

    return router


def _lane(engine: Engine, type: HookType) -> dict[str, Json]:
    return {"type": type, **engine.lane_settings.raw(type)}
