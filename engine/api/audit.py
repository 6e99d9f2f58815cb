"""The audit log over HTTP."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from engine.access import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.schemas import PROBLEMS
from engine.runtime import Engine


def audit_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["audit"], responses=PROBLEMS)

    @router.get("/audit")
    async def list_entries(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: str | None = None,
        action: Annotated[str | None, Query(max_length=100)] = None,
    ) -> Response:
        """Who did what, from where, newest first; with `action`, those whose action begins so (`hook.`, `sign_in.`)."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        page = await engine.audit.entries(actor=actor, limit=limit, cursor=cursor, action=action)
        return answer({"items": [asdict(entry) for entry in page.items], "next": page.next})

    return router
