"""For whoever watches the process: does it live, and can it store and run."""

from fastapi import APIRouter
from starlette.responses import Response

from engine.api.json import answer
from engine.runtime import Engine


def health_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Response:
        """The process lives."""
        return answer({"status": "ok"})

    @router.get("/readyz")
    async def readyz() -> Response:
        """It can store and run; 503 otherwise."""
        await engine.check()
        return answer({"status": "ok"})

    return router
