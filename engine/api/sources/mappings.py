"""Mappings of sources over HTTP, for Managers: tried on a body, suggested by its names, and applied to kept bodies."""

from collections.abc import Mapping
from dataclasses import asdict

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.own_calls import refuse_own_calls
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id
from engine.api.schemas import PROBLEMS
from engine.api.sources.schemas import MAPPING_TRIAL
from engine.errors import InvalidSource
from engine.events.sources.fields import members
from engine.events.sources.platform import Incoming
from engine.model import Actor, Json
from engine.rules.mapping.trial import Trial
from engine.runtime import Engine
from engine.sources.definition import write_mapping
from engine.sources.kept import incoming_of


def mapping_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["sources"], responses=PROBLEMS)

    @router.post("/sources/{source_id}/mapping/try", openapi_extra=MAPPING_TRIAL)
    async def try_mapping(request: Request, source_id: Id) -> Response:
        """What the first event of a body becomes, what nothing reads, and a mapping suggested by its names. Nothing is
        stored."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        raw = await read_object(request)
        source = await engine.sources.get(source_id, actor=actor)
        incoming = _posted(raw) if "body" in raw else await last_body(engine, source_id, actor)
        suggestion = engine.mappings.suggest(incoming, actor=actor)
        mapping = members(raw.get("mapping")) or write_mapping(source.settings.mapping or suggestion)
        trial = engine.mappings.attempt(mapping, incoming, actor=actor)
        return answer({**_trial(trial), "suggestion": write_mapping(suggestion)})

    @router.post("/sources/{source_id}/mapping/again")
    async def map_again(request: Request, source_id: Id) -> Response:
        """Maps the kept bodies that were ignored by the mapping as it is now: `mapped` says how many became events."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        refuse_own_calls(engine, request, "map bodies again")
        return answer({"mapped": await engine.reception.map_again(source_id, actor=actor)})

    return router


async def last_body(engine: Engine, source_id: int, actor: Actor) -> Incoming:
    """As the actor may see it. Raises InvalidSource where nothing came yet."""
    bodies = (await engine.sources.received(source_id, actor=actor)).bodies
    if not bodies:
        raise InvalidSource({"body": "Nothing came yet: give a body to try the mapping on."})
    sight = await engine.sensitive.look_at({"transcript": bodies[0].body}, f"source {source_id}", actor=actor)
    return incoming_of(sight.posted(bodies[0]))


def _trial(trial: Trial) -> dict[str, Json]:
    """Without the document, which the caller has."""
    return {name: value for name, value in asdict(trial).items() if name != "document"}


def _posted(raw: Mapping[str, Json]) -> Incoming:
    body, query = raw["body"], raw.get("query")
    content = body.encode(errors="replace") if isinstance(body, str) else orjson.dumps(body)
    headers = {name.lower(): value for name, value in members(raw.get("headers")).items() if isinstance(value, str)}
    return Incoming(method="POST", url=f"?{query}" if query else "", headers=headers, body=content)
