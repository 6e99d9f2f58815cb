"""The catalogue over HTTP."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.schemas import PROBLEMS
from engine.runtime import Engine


def event_type_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["events"], responses=PROBLEMS)

    @router.get("/event-types")
    async def list_event_types(request: Request) -> Response:
        """Every type with its fields and a sample, in one page."""
        await caller(engine, request, Permission.INGEST)
        return answer({"items": [asdict(known) for known in engine.catalogue.types], "next": None})

    return router
