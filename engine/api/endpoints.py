"""The internal endpoints over HTTP: what each does, and what it takes. Only hooks call them."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.actions.internal import parameters_of
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.schemas import PROBLEMS
from engine.runtime import Engine


def endpoint_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["hooks"], responses=PROBLEMS)

    @router.get("/endpoints")
    async def list_endpoints(request: Request) -> Response:
        """Every address that a hook may call within the process, with its parameters."""
        await caller(engine, request, Permission.VIEW)
        items = [
            {
                "path": one.path,
                "url": engine.targets.address_of(one),
                "summary": one.summary,
                "parameters": [asdict(parameter) for parameter in parameters_of(one.params)],
            }
            for one in engine.targets.endpoints()
        ]
        return answer({"items": items, "next": None})

    return router
