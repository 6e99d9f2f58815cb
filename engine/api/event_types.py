"""The catalogue over HTTP, and the types that a team adds to it."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.body import read_object
from engine.api.schemas import EVENT_TYPE_BODY, PROBLEMS
from engine.hooks.own_types import write_own_type
from engine.model import Json
from engine.model.event_types import OwnType
from engine.runtime import Engine


def event_type_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["events"], responses=PROBLEMS)

    @router.get("/event-types")
    async def list_event_types(request: Request) -> Response:
        """Every type with its fields and a sample, in one page."""
        await caller(engine, request, Permission.CATALOGUE)
        own = {known.type for known in engine.catalogue.own}
        items = [{**asdict(known), "own": known.type in own} for known in engine.catalogue.types]
        return answer({"items": items, "next": None})

    @router.post("/event-types", status_code=201, openapi_extra=EVENT_TYPE_BODY)
    async def create_event_type(request: Request) -> Response:
        """Hooks, sources and senders can use it at once. A built-in type cannot be replaced."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        made = await engine.event_types.create(await read_object(request), actor=actor)
        return answer(_document(made), 201, {"location": f"/api/v1/event-types/{made.type}"})

    @router.get("/event-types/{type}")
    async def get_event_type(request: Request, type: str) -> Response:
        await caller(engine, request, Permission.CATALOGUE)
        known = engine.catalogue.get(type)
        return answer({**asdict(known), "own": known in engine.catalogue.own})

    @router.put("/event-types/{type}", openapi_extra=EVENT_TYPE_BODY)
    async def change_event_type(request: Request, type: str) -> Response:
        """All but its name."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        return answer(_document(await engine.event_types.change(type, await read_object(request), actor=actor)))

    @router.delete("/event-types/{type}", status_code=204)
    async def delete_event_type(request: Request, type: str) -> Response:
        """Refused (409) while a hook, a source or an API key names it. Stored events keep it."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        await engine.event_types.delete(type, actor=actor)
        return Response(status_code=204)

    @router.get("/event-types/{type}/fields")
    async def list_fields(request: Request, type: str) -> Response:
        """Fields as they came with the last 500 events: types, how often, most common values."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        profile = sight.profile(await engine.insight.profile(engine.catalogue.get(type).type, view=sight.events))
        items = [asdict(one) for one in profile.fields.values()]
        return answer({"events": profile.events, "items": items, "next": None})

    return router


def _document(made: OwnType) -> dict[str, Json]:
    known = {"type": made.type, **write_own_type(made.settings)}
    return {**known, "created_at": made.created_at, "created_by": made.created_by}
