"""Cases of a hook over HTTP."""

from typing import cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer, decision_json
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id, role_of
from engine.api.schemas import CASE_BODY, PROBLEMS
from engine.errors import InvalidHook
from engine.hooks.cases import CaseResult
from engine.model import HookCase, Json
from engine.runtime import Engine


def case_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["hooks"], responses=PROBLEMS)

    @router.get("/hooks/{hook_id}/cases")
    async def list_cases(request: Request, hook_id: Id) -> Response:
        """Each with what the hook says to it now."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        found = await engine.cases.run(hook_id)
        return answer({"items": [_result(sight.case(one)) for one in found], "next": None})

    @router.post("/hooks/{hook_id}/cases", status_code=201, openapi_extra=CASE_BODY)
    async def keep_case(request: Request, hook_id: Id) -> Response:
        """An event that the hook is held against at every edit, with the answer that is expected."""
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        raw = await read_object(request, engine.settings.bounds)
        data, fires = raw.get("data"), raw.get("fires")
        if not isinstance(data, dict):
            raise InvalidHook({"data": "The data is an object with the event's fields."})
        if not isinstance(fires, bool):
            raise InvalidHook({"fires": "Say true or false: whether the hook is expected to fire."})
        role = role_of(raw, engine.hooks.get(hook_id).definition.role)
        case = await engine.cases.keep(
            hook_id,
            name=str(raw.get("name", "")),
            role=role,
            data=cast("dict[str, Json]", data),
            fires=fires,
            actor=actor,
        )
        return answer(_case(case), 201)

    @router.delete("/hooks/{hook_id}/cases/{case_id}", status_code=204)
    async def forget_case(request: Request, hook_id: Id, case_id: Id) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        await engine.cases.forget(hook_id, case_id, actor=actor)
        return Response(status_code=204)

    return router


def _case(case: HookCase) -> dict[str, Json]:
    return {
        "id": case.id,
        "name": case.name,
        "role": case.role,
        "data": case.data,
        "fires": case.fires,
        "created_at": case.created_at,
        "created_by": case.created_by,
    }


def _result(result: CaseResult) -> dict[str, Json]:
    return {**_case(result.case), "holds": result.holds, "decision": decision_json(result.decision)}
