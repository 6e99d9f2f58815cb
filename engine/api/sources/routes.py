"""Sources over HTTP, for Managers: create, list, change, rotate, delete, and see what came."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.own_calls import origin_of
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id
from engine.api.schemas import PROBLEMS
from engine.api.sources.schemas import SOURCE_BODY, SOURCE_MOVE, SOURCE_PATCH, SOURCE_ROLL
from engine.errors import InvalidSource
from engine.model import Json
from engine.model.sources import Source, SourceBody, SourceCount
from engine.runtime import Engine
from engine.sources.definition import write_source

DAY = 86_400


def source_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["sources"], responses=PROBLEMS)
    sources = engine.sources

    def document(source: Source) -> dict[str, Json]:
        return _with_address(engine, source)

    @router.get("/sources")
    async def list_sources(request: Request) -> Response:
        """By name, in one page, each with the address that its platform posts to."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        return answer({"items": [document(one) for one in await sources.list(actor=actor)], "next": None})

    @router.post("/sources", status_code=201, openapi_extra=SOURCE_BODY)
    async def create_source(request: Request) -> Response:
        """Answers with `url`, for the platform; the secret is never shown again."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        source = await sources.create(await read_object(request), actor=actor)
        return answer(document(source), 201, {"location": f"/api/v1/sources/{source.id}", "cache-control": "no-store"})

    @router.get("/sources/{source_id}")
    async def get_source(request: Request, source_id: Id) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        return answer(document(await sources.get(source_id, actor=actor)))

    @router.patch("/sources/{source_id}", openapi_extra=SOURCE_PATCH)
    async def change_source(request: Request, source_id: Id) -> Response:
        """What is left out stays; the platform always does, and the secret is rotated instead."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        return answer(document(await sources.change(source_id, await read_object(request), actor=actor)))

    @router.delete("/sources/{source_id}", status_code=204)
    async def delete_source(request: Request, source_id: Id) -> Response:
        """Its address takes nothing more, at once. Events that came from it stay."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        await sources.delete(source_id, actor=actor)
        return Response(status_code=204)

    @router.post("/sources/{source_id}/sample", status_code=202)
    async def send_sample(request: Request, source_id: Id) -> Response:
        """A sample of its platform goes through the mapping and the hooks, as a test."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        origin = await origin_of(engine, request.headers)
        receipts = await engine.reception.send_sample(source_id, actor=actor, origin=origin)
        return answer({"events": [{"id": one.id, "status": one.status} for one in receipts]}, 202)

    @router.get("/sources/{source_id}/received")
    async def list_received(request: Request, source_id: Id) -> Response:
        """Counts by hour of the last 48 hours, oldest first; the last bodies, and fields that changed, newest first."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        found = await sources.received(source_id, actor=actor)
        sight = await engine.sensitive.look_at(_texts(found.bodies), f"source {source_id}", actor=actor)
        bodies = [_body(sight.posted(one)) for one in found.bodies]
        drifts = [{**asdict(one), "text": engine.drift.words_of(one)} for one in engine.drift.of(source_id)]
        return answer({"counts": [_count(one) for one in found.counts], "bodies": bodies, "drifts": drifts})

    return router


def source_rotation_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["sources"], responses=PROBLEMS)
    sources = engine.sources

    @router.post("/sources/{source_id}/roll", openapi_extra=SOURCE_ROLL)
    async def roll_source(request: Request, source_id: Id) -> Response:
        """A new secret; the old one is accepted for `overlap` seconds still."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        raw = await read_object(request)
        rolled = await sources.roll(source_id, raw.get("secret"), _overlap(raw), actor=actor)
        return answer(_with_address(engine, rolled))

    @router.post("/sources/{source_id}/address", openapi_extra=SOURCE_MOVE)
    async def roll_address(request: Request, source_id: Id) -> Response:
        """A new address; the old one is taken for `overlap` seconds still, and with 0 it ends at once."""
        actor = await caller(engine, request, Permission.MANAGE_SOURCES)
        moved = await sources.roll_address(source_id, _overlap(await read_object(request)), actor=actor)
        return answer(_with_address(engine, moved), headers={"cache-control": "no-store"})

    return router


def _with_address(engine: Engine, source: Source) -> dict[str, Json]:
    return {**_source(source), "url": engine.sources.address_of(source)}


def _overlap(raw: Mapping[str, Json]) -> timedelta:
    """Raises InvalidSource."""
    overlap = raw.get("overlap", DAY)
    if isinstance(overlap, bool) or not isinstance(overlap, int):
        raise InvalidSource({"overlap": "A number of seconds: 0, 3600, 86400 or 604800."})
    return timedelta(seconds=min(max(overlap, -1), 10**9))


def _source(source: Source) -> dict[str, Json]:
    return {
        "id": source.id,
        **write_source(source.settings),
        "mapping_version": source.mapping_version,
        "secret": "set" if source.secret else None,
        "previous_secret_until": source.previous_until if source.previous_secret else None,
        "previous_address_until": source.previous_token_until,
        "created_at": source.created_at,
        "created_by": source.created_by,
        "last_received_at": source.last_received_at,
    }


def _count(count: SourceCount) -> dict[str, Json]:
    return {"hour": count.begins_at, "outcome": count.outcome, "reason": count.reason, "count": count.count}


def _body(body: SourceBody) -> dict[str, Json]:
    document = asdict(body)
    del document["source_id"]
    return document


def _texts(bodies: list[SourceBody]) -> dict[str, Json]:
    return {"transcript": "\n".join(body.body for body in bodies)}
