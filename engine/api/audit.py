"""The audit log over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.reading import aware
from engine.api.schemas import PROBLEMS
from engine.ports import AuditQuery
from engine.runtime import Engine


def audit_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["audit"], responses=PROBLEMS)

    @router.get("/audit")
    async def list_entries(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: str | None = None,
        action: Annotated[str, Query(max_length=100)] = "",
        actor: Annotated[str, Query(max_length=300)] = "",
        q: Annotated[str, Query(max_length=200)] = "",
        since: Annotated[datetime | None, Query(alias="from")] = None,
        until: Annotated[datetime | None, Query(alias="to")] = None,
    ) -> Response:
        """Who did what, from where, newest first.

        `action` is one (`hook.saved`) or an area (`hook`), `actor` a name, `q` words that the entry holds.
        """
        who = await caller(engine, request, Permission.ADMINISTER)
        query = AuditQuery(
            limit=limit,
            cursor=cursor,
            action=action,
            actor=actor,
            text=q,
            since=aware("from", since),
            until=aware("to", until),
        )
        page = await engine.audit.entries(query, actor=who)
        return answer({"items": [asdict(entry) for entry in page.items], "next": page.next})

    return router
