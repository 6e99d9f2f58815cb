"""Replays of many over HTTP: look what would run, begin, follow, stop."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.own_calls import refuse_own_calls
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id
from engine.api.schemas import PROBLEMS, REPLAY_BODY
from engine.model import Json, Replay
from engine.runtime import Engine


def replay_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["replays"], responses=PROBLEMS)

    @router.post("/replays", status_code=202, openapi_extra=REPLAY_BODY)
    async def begin_replay(request: Request) -> Response:
        """Runs again what a filter or a window holds, in the background. With `dry`, only says what that would be."""
        actor = await caller(engine, request, Permission.REPLAY)
        raw = dict(await read_object(request))
        if raw.pop("dry", False) is True:
            preview = await engine.replays.preview(raw, actor=actor)
            items = [
                {"event_id": one.event.id, "hook_id": one.hook.id, "hook_version": one.hook.version}
                for one in preview.first
            ]
            return answer({"dry": True, "count": preview.total, "items": items})
        refuse_own_calls(engine, request, "begin replays")
        replay = await engine.replays.begin(raw, actor=actor)
        return answer(_replay(engine, replay), 202, {"location": f"/api/v1/replays/{replay.id}"})

    @router.get("/replays")
    async def list_replays(request: Request) -> Response:
        """The last fifty, newest first."""
        await caller(engine, request, Permission.VIEW)
        return answer({"items": [_replay(engine, one) for one in await engine.replays.newest()], "next": None})

    @router.get("/replays/{replay_id}")
    async def get_replay(request: Request, replay_id: Id) -> Response:
        await caller(engine, request, Permission.VIEW)
        return answer(_replay(engine, await engine.replays.get(replay_id)))

    @router.delete("/replays/{replay_id}")
    async def stop_replay(request: Request, replay_id: Id) -> Response:
        """Stops it; what it began already goes on."""
        actor = await caller(engine, request, Permission.REPLAY)
        return answer(_replay(engine, await engine.replays.stop(replay_id, actor=actor)))

    return router


def _replay(engine: Engine, replay: Replay) -> dict[str, Json]:
    return {
        "id": replay.id,
        "dry": False,
        "state": replay.state,
        "count": replay.total,
        "done": replay.done,
        "left_out": replay.left_out,
        "created_at": replay.created_at,
        "created_by": replay.created_by,
        "finished_at": replay.finished_at,
        **engine.replays.raw(replay.query),
    }
