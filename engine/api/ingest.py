"""The front door: POST /events."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access import Permission
from engine.api.auth import caller
from engine.api.body import at_most, read_body
from engine.api.json import answer
from engine.api.schemas import EVENTS_BODY, PROBLEMS
from engine.events import read_events
from engine.runtime import Engine

BATCH_FACTOR = 16


def ingest_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["events"])
    limit = engine.settings.max_event_bytes

    @router.post("/events", status_code=202, openapi_extra=EVENTS_BODY, responses=PROBLEMS)
    async def post_events(request: Request) -> Response:
        """Takes one event, or an array of up to 1,000; answers once they are on disk."""
        actor = await caller(engine, request, Permission.INGEST)
        body = await read_body(request, limit * BATCH_FACTOR)
        if not body.lstrip().startswith(b"["):
            at_most(body, limit)
        drafts = read_events(body, request.headers, engine.catalogue, limit)
        receipts = await engine.accept(drafts, actor)
        return answer({"events": [asdict(receipt) for receipt in receipts]}, 202)

    return router
