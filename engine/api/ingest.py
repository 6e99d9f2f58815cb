"""The front door: POST /events.

It is called for everything that happens, so it stands ahead of the routing and middleware that pages and other routes
need, which cost more than the rest of the answer.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.access.permissions import Permission
from engine.api.answers import SMALLEST, CommonAnswers
from engine.api.auth import caller_by
from engine.api.json import answer
from engine.api.own_calls import origin_of
from engine.api.problems import answer_of
from engine.api.requests.body import as_json, at_most, headers_of, read_body
from engine.events.bounds import LARGE_BYTES, MOST_LIVE
from engine.events.draft import EventDraft, continued
from engine.events.parsing import read_events
from engine.model import Actor
from engine.process.fair_places import FairPlaces
from engine.runtime import Engine

ARRAY_BYTES: Final = 16_777_216
"""So much an array of events may have in all, or as much as one event where that is more."""

_ALWAYS: Final = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
LARGE_AT_ONCE: Final = 1
"""Large bodies are parsed and stored one after the other, senders in turn, so that small ones are not delayed."""


def ingest_route(engine: Engine, path: str) -> Route:
    bounds = engine.settings.bounds
    limit = max(bounds.bytes, ARRAY_BYTES)
    large = FairPlaces(LARGE_AT_ONCE)

    def read(body: bytes, headers: Mapping[str, str]) -> Sequence[EventDraft]:
        body = as_json(body, headers, limit)
        if not body.lstrip().startswith(b"["):
            at_most(body, bounds.bytes)
        return read_events(body, headers, engine.catalogue, bounds)

    async def post_events(request: Request) -> Response:
        """Takes one event, or an array of up to 1,000; answers once they are on disk."""
        headers = headers_of(request)
        actor = await caller_by(engine, request.scope, headers.get("authorization", ""), Permission.INGEST)
        body = await read_body(request, limit)
        if len(body) <= LARGE_BYTES and "content-encoding" not in headers:
            return await accept(headers, read(body, headers), actor)
        async with large.taken(f"{actor.kind}:{actor.id}"):
            began = monotonic()
            drafts = await asyncio.to_thread(read, body, headers)
            response = await accept(headers, drafts, actor)
            if len(drafts) > MOST_LIVE:
                await asyncio.sleep(monotonic() - began)  # so that half of the time is left to what is live
            return response

    async def accept(headers: Mapping[str, str], drafts: Sequence[EventDraft], actor: Actor) -> Response:
        if not drafts:
            return answer({"events": []}, 202)
        drafts = continued(drafts, await origin_of(engine, headers))
        engine.keys.count_events(actor, len(drafts))
        receipts = await engine.accept(drafts, actor)
        return answer({"events": [{"id": one.id, "status": one.status} for one in receipts]}, 202)

    return Route(path, post_events, methods=["POST"])


class FrontDoor:
    """Answers `route` itself, and leaves everything else to `app`."""

    def __init__(self, app: ASGIApp, route: Route) -> None:
        self._app, self._path, self._endpoint = app, route.path, route.endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive))
        response.raw_headers += _ALWAYS
        small = len(response.body) < SMALLEST
        await (response if small else CommonAnswers(response))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._endpoint(request)
        except Exception as error:  # noqa: BLE001 (whatever it is, the sender is told)
            return answer_of(error, request)
