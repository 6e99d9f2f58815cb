"""Stored events over HTTP: a list by cursor, and what every hook said to one of them."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer, decision_json, event_json
from engine.api.requests.queries import Limit, Since, Text, TextAsked, Until
from engine.api.schemas import PROBLEMS
from engine.model import Page
from engine.ports import EventQuery, Recorded
from engine.privacy.visibility import Sight
from engine.runtime import Engine


def event_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["events"], responses=PROBLEMS)

    @router.get("/events")
    async def list_events(
        request: Request,
        limit: Limit = 50,
        cursor: TextAsked = None,
        type: TextAsked = None,
        q: Text = "",
        test: bool | None = None,
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Newest first. `q` is any text inside: words that all stand in the event's values; the role user searches
        what it sees, and whole values beyond that. With `q`, a page may be short and still have a next one."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        query = EventQuery(
            limit=limit,
            cursor=cursor,
            type=type,
            text=q,
            view=sight.or_none(sight.event),
            test=test,
            since=since,
            until=until,
        )
        page = await engine.insight.events(query)
        return await asyncio.to_thread(_page, page, sight)

    @router.get("/events/{event_id:path}/decisions")
    async def list_decisions(request: Request, event_id: str) -> Response:
        """Of every hook of the event's type, with the trace, computed again as they were made."""
        actor = await caller(engine, request, Permission.VIEW)
        found = await engine.insight.decisions(event_id)
        sight = await engine.sensitive.look(found.recorded.event, f"event {event_id}", actor=actor)
        found = sight.decided(found)
        items = [decision_json(one) for one in found.decisions]
        return answer({"items": items, "next": None, "pending": found.pending})

    @router.get("/events/{event_id:path}")
    async def get_event(request: Request, event_id: str) -> Response:
        actor = await caller(engine, request, Permission.VIEW)
        recorded = await engine.insight.event(event_id)
        sight = await engine.sensitive.look(recorded.event, f"event {event_id}", actor=actor)
        return await asyncio.to_thread(_one, recorded, sight)

    return router


def _page(page: Page[Recorded], sight: Sight) -> Response:
    """In a thread: events may be of several MB each, and what is masked in them is looked for in all of their texts."""
    return answer({"items": [event_json(sight.recorded(one)) for one in page.items], "next": page.next})


def _one(recorded: Recorded, sight: Sight) -> Response:
    return answer(event_json(sight.recorded(recorded)))
