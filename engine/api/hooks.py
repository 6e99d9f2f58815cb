"""Hooks over HTTP: list, read, save with a guard against lost updates, duplicate, delete, test."""

from dataclasses import asdict
from http import HTTPStatus
from typing import cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer, decision_json, execution_json, hook_json, request_json
from engine.api.own_calls import refuse_own_calls
from engine.api.requests.body import read_object
from engine.api.requests.queries import Id, Limit, TextAsked, expected_version, gates_of, role_of
from engine.api.schemas import BACKTEST_BODY, HOOK_BODY, PROBLEMS, TEST_BODY
from engine.errors import InvalidHook, InvalidQuery
from engine.model import Hook, Json
from engine.runtime import Engine


def hook_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["hooks"], responses=PROBLEMS)

    @router.get("/hooks")
    async def list_hooks(
        request: Request, limit: Limit = 50, cursor: TextAsked = None, type: TextAsked = None, q: TextAsked = None
    ) -> Response:
        """By id; `type` is a hook type, `q` any text of title or description."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        after = _after(cursor)
        found = [hook for hook in engine.hooks.all() if hook.id > after and _matches(hook, type, q)]
        more = len(found) > limit
        items = [hook_json(sight.hook(hook)) for hook in found[:limit]]
        return answer({"items": items, "next": str(found[limit - 1].id) if more else None})

    @router.post("/hooks", status_code=201, openapi_extra=HOOK_BODY)
    async def create_hook(request: Request) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        hook = await engine.hooks.save(await read_object(request), actor=actor)
        return _one(hook, 201)

    @router.get("/hooks/{hook_id}")
    async def get_hook(request: Request, hook_id: Id, secrets: bool = False) -> Response:
        """`secrets` adds the signing secret, and shows the values of secret headers, for Admins."""
        actor = await caller(engine, request, Permission.VIEW)
        hook = engine.hooks.get(hook_id)
        if secrets:
            shown = await engine.hooks.with_secrets(hook_id, actor=actor)
            return answer({**hook_json(hook), **shown}, headers={"etag": _etag(hook)})
        return _one(engine.sensitive.sight(actor).hook(hook))

    @router.put("/hooks/{hook_id}", openapi_extra=HOOK_BODY)
    async def replace_hook(request: Request, hook_id: Id) -> Response:
        """With `If-Match`, refuses (412) where somebody else saved in between."""
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        raw = await read_object(request)
        return _one(await engine.hooks.save(raw, actor=actor, hook_id=hook_id, expected=expected_version(request)))

    @router.delete("/hooks/{hook_id}", status_code=204)
    async def delete_hook(request: Request, hook_id: Id) -> Response:
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        await engine.hooks.delete(hook_id, actor=actor, expected=expected_version(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/hooks/{hook_id}/duplicate", status_code=201)
    async def duplicate_hook(request: Request, hook_id: Id) -> Response:
        """A disabled copy."""
        actor = await caller(engine, request, Permission.MANAGE_HOOKS)
        return _one(await engine.hooks.duplicate(hook_id, actor=actor), 201)

    @router.post("/hooks/{hook_id}/rotate-secret")
    async def rotate_secret(request: Request, hook_id: Id) -> Response:
        """A new signing secret; for 24 hours both sign."""
        actor = await caller(engine, request, Permission.ADMINISTER)
        return answer({"secret": await engine.hooks.rotate_secret(hook_id, actor=actor)})

    @router.get("/hooks/{hook_id}/versions")
    async def list_versions(request: Request, hook_id: Id) -> Response:
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        versions = await engine.hooks.versions(hook_id)
        items = [
            {
                "version": version.version,
                "saved_at": version.saved_at,
                "saved_by": version.saved_by,
                "deleted": version.deleted,
                **engine.hooks.raw(sight.definition(version.definition)),
            }
            for version in versions
        ]
        return answer({"items": items, "next": None})

    _add_backtest(router, engine)
    _add_test(router, engine)
    return router


def _add_backtest(router: APIRouter, engine: Engine) -> None:
    @router.post("/hooks/backtest", openapi_extra=BACKTEST_BODY)
    async def backtest(request: Request) -> Response:
        """A hook as it would be saved against the newest stored events of its type; nothing is sent."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.TEST))
        raw = await read_object(request)
        hook, count = raw.get("hook"), raw.get("events", 500)
        if not isinstance(hook, dict):
            raise InvalidHook({"hook": "Give the hook as it would be saved, as an object."})
        if not isinstance(count, int):
            raise InvalidHook({"events": "A number of events, such as 500."})
        raw = cast("dict[str, Json]", hook)
        saved = engine.hooks.get(raw["id"]).definition if isinstance(raw.get("id"), int) else None
        view = sight.for_tests(engine.hooks.read(raw), saved)
        result = await engine.insight.backtest(raw, count, view=view)
        document = asdict(result)
        ids = [miss["event_id"] for miss in document.pop("near_misses")]
        events = {} if sight.clear else await engine.insight.several(ids)
        misses = [asdict(sight.miss(miss, events.get(miss.event_id))) for miss in result.near_misses]
        return answer({**document, "near_misses": ids, "distances": misses})


def _add_test(router: APIRouter, engine: Engine) -> None:
    @router.post("/hooks/{hook_id}/test", openapi_extra=TEST_BODY)
    async def test_hook(request: Request, hook_id: Id) -> Response:
        """The decision and the requests; with `send`, the hook runs for real, and the execution is answered: null where
        it would not fire. A dry run may act as any role."""
        actor = await caller(engine, request, Permission.TEST)
        raw = await read_object(request, engine.settings.bounds)
        hook = engine.hooks.get(hook_id)
        data = raw.get("data", engine.catalogue.get(hook.definition.trigger).sample)
        if not isinstance(data, dict):
            raise InvalidHook({"data": "The data is an object with the event's fields."})
        send = raw.get("send", False) is True
        if send:
            refuse_own_calls(engine, request, "send tests")
        result = await engine.testing.test(
            hook_id,
            data=cast("dict[str, Json]", data),
            role=role_of(raw, actor.role),
            send=send,
            without=gates_of(raw),
            actor=actor,
        )
        result = engine.sensitive.sight(actor).tested(result)
        document: dict[str, Json] = {
            "decision": decision_json(result.decision),
            "requests": [request_json(one) for one in result.requests],
        }
        if result.problems:
            document["problems"] = {str(index): message for index, message in result.problems.items()}
        if send:
            document["execution"] = execution_json(result.execution) if result.execution else None
        return answer(document)


def _one(hook: Hook, status: int = 200) -> Response:
    headers = {"etag": _etag(hook)}
    if status == HTTPStatus.CREATED:
        headers["location"] = f"/api/v1/hooks/{hook.id}"
    return answer(hook_json(hook), status, headers)


def _etag(hook: Hook) -> str:
    return f'"{hook.version}"'


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdigit() or len(cursor) > 12:
        raise InvalidQuery("cursor", "Give what the page before named as `next`.")
    return int(cursor)


def _matches(hook: Hook, type: str | None, q: str | None) -> bool:
    definition = hook.definition
    text = f"{definition.title}\n{definition.description}\n{definition.key}".casefold()
    return (type is None or definition.type == type) and (q is None or q.casefold() in text)
