"""The front door: POST /events.

A plain route, without what FastAPI does for every request: this one is called for everything that happens.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.body import as_json, at_most, headers_of, read_body
from engine.api.json import answer
from engine.events.bounds import LARGE_BYTES
from engine.events.chains import CHAIN_HEADER
from engine.events.draft import EventDraft
from engine.events.parsing import read_events
from engine.runtime import Engine

ARRAY_BYTES: Final = 16_777_216
"""So much an array of events may have in all, or as much as one event where that is more."""


def ingest_route(engine: Engine, path: str) -> Route:
    bounds = engine.settings.bounds
    limit = max(bounds.bytes, ARRAY_BYTES)

    def read(body: bytes, headers: Mapping[str, str]) -> Sequence[EventDraft]:
        body = as_json(body, headers, limit)
        if not body.lstrip().startswith(b"["):
            at_most(body, bounds.bytes)
        return read_events(body, headers, engine.catalogue, bounds)

    async def post_events(request: Request) -> Response:
        """Takes one event, or an array of up to 1,000; answers once they are on disk."""
        actor = await caller(engine, request, Permission.INGEST)
        headers, body = headers_of(request), await read_body(request, limit)
        small = len(body) <= LARGE_BYTES and "content-encoding" not in headers
        drafts = read(body, headers) if small else await asyncio.to_thread(read, body, headers)
        if not drafts:
            return answer({"events": []}, 202)
        if mark := headers.get(CHAIN_HEADER):
            drafts = await engine.continuation.of(drafts, mark)
        engine.keys.count_events(actor, len(drafts))
        receipts = await engine.accept(drafts, actor)
        return answer({"events": [asdict(receipt) for receipt in receipts]}, 202)

    return Route(path, post_events, methods=["POST"])
