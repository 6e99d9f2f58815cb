"""Executions over HTTP: a list by cursor, and one with its attempts."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer, chained_json, execution_json, listed_json
from engine.api.own_calls import refuse_own_calls
from engine.api.requests.queries import IdAsked, Limit, Since, Text, TextAsked, Until
from engine.api.schemas import PROBLEMS
from engine.model import Execution, HookType, Status
from engine.ports import ExecutionQuery
from engine.privacy.visibility import Sight
from engine.runtime import Engine


def execution_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["executions"], responses=PROBLEMS)

    @router.get("/executions")
    async def list_executions(
        request: Request,
        limit: Limit = 50,
        cursor: TextAsked = None,
        hook_id: IdAsked = None,
        event_id: TextAsked = None,
        status: Status | None = None,
        type: HookType | None = None,
        test: bool | None = None,
        q: Text = "",
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Newest first, with their attempts, whose headers and bodies are at each execution itself. `q` is any text
        inside: words that all occur in the event's values; the role user searches what it sees, and whole values beyond
        that. With `q`, a page may be short and still have a next one."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        query = ExecutionQuery(
            limit=limit,
            cursor=cursor,
            hook_id=hook_id,
            event_id=event_id,
            status=status,
            type=type,
            test=test,
            text=q,
            view=sight.or_none(sight.event),
            since=since,
            until=until,
        )
        page = await engine.executions.page(query)
        shown = await _as_seen(engine, page.items, sight)
        return answer({"items": [listed_json(execution) for execution in shown], "next": page.next})

    @router.get("/executions/{execution_id}")
    async def get_execution(request: Request, execution_id: str) -> Response:
        actor = await caller(engine, request, Permission.VIEW)
        job = await engine.executions.get(execution_id)
        sight = await engine.sensitive.look(job.event, f"execution {execution_id}", actor=actor)
        return answer(execution_json(sight.job(job).execution))

    @router.get("/executions/{execution_id}/chain")
    async def get_chain(request: Request, execution_id: str) -> Response:
        """The events and runs that it descends from, from the root down, and below it all that came of it."""
        await caller(engine, request, Permission.VIEW)
        chain = await engine.executions.chain(execution_id)
        return answer({"root": chained_json(chain.root), "cut": chain.cut, "more": chain.more})

    @router.post("/executions/{execution_id}/replay", status_code=202)
    async def replay_execution(request: Request, execution_id: str) -> Response:
        """Runs the hook of now once more for the same event; answers with the new execution."""
        actor = await caller(engine, request, Permission.REPLAY)
        refuse_own_calls(engine, request, "replay executions")
        return answer(execution_json(await engine.replays.run_again(execution_id, actor=actor)), 202)

    return router


async def _as_seen(engine: Engine, executions: Sequence[Execution], sight: Sight) -> Sequence[Execution]:
    """Masking looks for every value in every text: a page of them is done beside the loop."""
    if sight.clear:
        return executions
    events = await engine.insight.several(one.event_id for one in executions)

    def masked() -> list[Execution]:
        return [sight.execution(one, events[one.event_id]) for one in executions if one.event_id in events]

    return await asyncio.to_thread(masked)
