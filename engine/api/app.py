"""The host application: the API and health, with the documentation at /api/docs. Pages are mounted beside it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import Route
from starlette.types import ASGIApp

from engine.api.answers import CommonAnswers
from engine.api.audit import audit_routes
from engine.api.cases import case_routes
from engine.api.endpoints import endpoint_routes
from engine.api.event_types import event_type_routes
from engine.api.events import event_routes
from engine.api.executions import execution_routes
from engine.api.fallback import add_fallback
from engine.api.health import health_routes
from engine.api.hooks import hook_routes
from engine.api.ingest import FrontDoor, ingest_route
from engine.api.keys import key_routes
from engine.api.lanes import lane_routes
from engine.api.leads import lead_routes
from engine.api.metrics import metric_routes
from engine.api.problems import answer_problems
from engine.api.replays import replay_routes
from engine.api.schemas import COMPONENTS, POST_EVENTS
from engine.api.searches import search_routes
from engine.api.sources.mappings import mapping_routes
from engine.api.sources.receiving import receiving_route
from engine.api.sources.routes import source_rotation_routes, source_routes
from engine.api.tasks import task_routes
from engine.api.users import user_routes
from engine.api.waiting import waiting_routes
from engine.runtime import Engine

ROOT = "/api/v1"


def create_app(engine: Engine) -> FastAPI:
    """The engine starts and stops with the application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await engine.start()
        try:
            yield
        finally:
            await engine.stop()

    ingest = ingest_route(engine, f"{ROOT}/events")

    app = FastAPIOffline(
        title="Trigger Hooks",
        version=engine.settings.version,
        docs_url="/api/docs",
        redoc_url=None,
        static_url="/api/docs/assets",
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.router.routes.insert(0, receiving_route(engine))
    app.router.routes.insert(0, ingest)
    for make in (
        event_type_routes,
        event_routes,
        hook_routes,
        waiting_routes,
        case_routes,
        execution_routes,
        replay_routes,
        task_routes,
        lane_routes,
        key_routes,
        lead_routes,
        metric_routes,
        audit_routes,
        endpoint_routes,
        source_routes,
        source_rotation_routes,
        mapping_routes,
        user_routes,
    ):
        app.include_router(make(engine), prefix=ROOT)
    app.include_router(search_routes(app.router, ROOT), prefix=ROOT)
    app.include_router(health_routes(engine))
    app.add_middleware(CommonAnswers)
    answer_problems(app)
    add_fallback(app)
    _put_ahead(app, ingest)
    _complete_schema(app)
    return app


def _put_ahead(app: FastAPI, ingest: Route) -> None:
    """Of all middleware, also of that which pages add later."""
    build = app.build_middleware_stack

    def build_with_front_door() -> ASGIApp:
        return FrontDoor(build(), ingest)

    app.build_middleware_stack = build_with_front_door


def _complete_schema(app: FastAPI) -> None:
    """Adds ingest, the parts of a hook, and the API key to what FastAPI reads off the routes."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        schema = plain()
        schema["paths"].setdefault(f"{ROOT}/events", {})["post"] = POST_EVENTS
        components: dict[str, Any] = schema.setdefault("components", {})
        components.setdefault("schemas", {}).update(COMPONENTS)
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}]
        return schema

    app.openapi = openapi
