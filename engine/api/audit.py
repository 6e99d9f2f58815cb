"""The audit log over HTTP."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.requests.queries import Limit, Since, Text, TextAsked, Until
from engine.api.schemas import PROBLEMS
from engine.ports import AuditQuery
from engine.runtime import Engine


def audit_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["audit"], responses=PROBLEMS)

    @router.get("/audit")
    async def list_entries(
        request: Request,
        limit: Limit = 50,
        cursor: TextAsked = None,
        action: Text = "",
        actor: Text = "",
        q: Text = "",
        since: Since = None,
        until: Until = None,
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
            since=since,
            until=until,
        )
        page = await engine.audit.entries(query, actor=who)
        return answer({"items": [asdict(entry) for entry in page.items], "next": page.next})

    return router
