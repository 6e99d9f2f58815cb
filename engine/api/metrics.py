"""Metrics over HTTP: the series, their values over a window, and the limits that are watched."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.own_calls import refuse_own_calls
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id
from engine.api.schemas import LIMIT_BODY, PROBLEMS
from engine.model import Json
from engine.model.metrics import Bucket, SavedLimit, Series, Window
from engine.runtime import Engine

Name = Annotated[str, Path(max_length=100)]


def metric_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["metrics"], responses=PROBLEMS)

    @router.get("/metrics")
    async def list_metrics(request: Request) -> Response:
        """Every series, by metric and label."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        return answer({"items": [_series(sight.series(one)) for one in await engine.metrics.series()], "next": None})

    @router.get("/metrics/{name}")
    async def get_metric(request: Request, name: Name, window: Window = Window.DAY) -> Response:
        """The series of a metric, with what was recorded by the minute (hour), quarter of an hour (day) or
        hour (week). What has nothing is left out."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        plots = await engine.metrics.plots(name, window)
        series = [
            {**_series(sight.series(plot.series)), "values": [_bucket(one) for one in plot.buckets]} for plot in plots
        ]
        return answer({"metric": name, "window": window, "step_minutes": window.step, "series": series})

    @router.get("/metric-limits")
    async def list_limits(request: Request) -> Response:
        await caller(engine, request, Permission.VIEW)
        return answer({"items": [_limit(engine, saved) for saved in engine.metrics.limits], "next": None})

    @router.post("/metric-limits", status_code=201, openapi_extra=LIMIT_BODY)
    async def add_limit(request: Request) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_LIMITS)
        refuse_own_calls(engine, request, "save limits")
        return answer(_limit(engine, await engine.metrics.save_limit(await read_object(request), actor=actor)), 201)

    @router.put("/metric-limits/{limit_id}", openapi_extra=LIMIT_BODY)
    async def replace_limit(request: Request, limit_id: Id) -> Response:
        """It is watched anew: beyond it already, it tells so once more."""
        actor = await caller(engine, request, Permission.MANAGE_LIMITS)
        refuse_own_calls(engine, request, "save limits")
        raw = {name: value for name, value in (await read_object(request)).items() if name not in _SERVER_SIDE}
        return answer(_limit(engine, await engine.metrics.save_limit(raw, actor=actor, limit_id=limit_id)))

    @router.delete("/metric-limits/{limit_id}", status_code=204)
    async def delete_limit(request: Request, limit_id: Id) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_LIMITS)
        await engine.metrics.delete_limit(limit_id, actor=actor)
        return Response(status_code=204)

    return router


_SERVER_SIDE = frozenset({"id", "saved_at", "saved_by"})


def _series(one: Series) -> dict[str, Json]:
    return {
        "metric": one.metric,
        "label": one.label,
        "label_name": one.label_name,
        "kind": one.kind,
        "created_at": one.created_at,
        "last_at": one.last_at,
    }


def _bucket(one: Bucket) -> dict[str, Json]:
    return {"at": one.at, "count": one.count, "sum": one.sum, "min": one.min, "max": one.max, "average": one.average}


def _limit(engine: Engine, saved: SavedLimit) -> dict[str, Json]:
    return {
        "id": saved.id,
        **engine.metrics.raw_limit(saved.limit),
        "saved_at": saved.saved_at,
        "saved_by": saved.saved_by,
    }
