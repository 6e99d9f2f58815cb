"""The front door: POST /events.

A plain route, without what FastAPI does for every request: this one is called for everything that happens.
"""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.body import at_most, read_body
from engine.api.json import answer
from engine.events.parsing import read_events
from engine.runtime import Engine

BATCH_FACTOR = 16


def ingest_route(engine: Engine, path: str) -> Route:
    limit = engine.settings.max_event_bytes

    async def post_events(request: Request) -> Response:
        """Takes one event, or an array of up to 1,000; answers once they are on disk."""
        actor = await caller(engine, request, Permission.INGEST)
        body = await read_body(request, limit * BATCH_FACTOR)
        if not body.lstrip().startswith(b"["):
            at_most(body, limit)
        drafts = read_events(body, request.headers, engine.catalogue, limit)
        engine.keys.count_events(actor, len(drafts))
        receipts = await engine.accept(drafts, actor)
        return answer({"events": [asdict(receipt) for receipt in receipts]}, 202)

    return Route(path, post_events, methods=["POST"])
