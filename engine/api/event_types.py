"""The catalogue over HTTP."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.schemas import PROBLEMS
from engine.runtime import Engine


def event_type_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["events"], responses=PROBLEMS)

    @router.get("/event-types")
    async def list_event_types(request: Request) -> Response:
        """Every type with its fields and a sample, in one page."""
        await caller(engine, request, Permission.CATALOGUE)
        return answer({"items": [asdict(known) for known in engine.catalogue.types], "next": None})

    @router.get("/event-types/{type}/fields")
    async def list_fields(request: Request, type: str) -> Response:
        """Fields as they came with the last 500 events: types, how often, most common values."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        profile = sight.profile(await engine.insight.profile(engine.catalogue.get(type).type))
        items = [asdict(one) for one in profile.fields.values()]
        return answer({"events": profile.events, "items": items, "next": None})

    return router
