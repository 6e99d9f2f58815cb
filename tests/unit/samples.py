"""Values for tests of what is pure: each whole and plausible, with what a test is about as keywords."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.model import (
    Action,
    Attempt,
    AttemptError,
    ErrorClass,
    Event,
    Execution,
    Hook,
    HookDefinition,
    HookType,
    Json,
    Method,
    Request,
    Response,
    Role,
    Status,
)
from engine.rules.index import CompiledHook, compile_hook

AT = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
URL = "https://crm.example.com/leads"


def event(data: Mapping[str, Json] | None = None, **changes: Any) -> Event:
    values: dict[str, Any] = {"id": "evt_1", "type": "call.ended", "role": Role.AGENT}
    return Event(**{**values, "occurred_at": AT, "received_at": AT, "data": data or {}, **changes})


def definition(**changes: Any) -> HookDefinition:
    values: dict[str, Any] = {"title": "Warm leads", "trigger": "call.ended", "actions": (Action(url=URL),)}
    return HookDefinition(**{**values, **changes})


def hook(id: int = 7, version: int = 1, **changes: Any) -> Hook:
    """`changes` are those of its definition."""
    return Hook(id=id, version=version, definition=definition(**changes), created_at=AT, updated_at=AT)


def compiled(id: int = 7, **changes: Any) -> CompiledHook:
    return compile_hook(hook(id, **changes))


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {"method": Method.POST, "url": URL, "headers": {}, "body": None}
    return Request(**{**values, **changes})


def response(status: int = 200, body: str = "", **changes: Any) -> Response:
    values: dict[str, Any] = {"headers": {"Content-Type": "application/json"}, **changes}
    return Response(status=status, body=body, **values)


def attempt(
    number: int = 1,
    action: int = 0,
    *,
    status: int | None = None,
    body: str = "",
    failed: ErrorClass | None = None,
    **changes: Any,
) -> Attempt:
    """A call that worked, unless `failed`; answered with `status` and `body`, or not at all."""
    values: dict[str, Any] = {
        "started_at": AT,
        "latency_ms": 12.5,
        "request": request(),
        "response": None if status is None else response(status, body),
        "error": None if failed is None else AttemptError(error_class=failed, message="It did not work."),
    }
    return Attempt(number=number, action=action, **{**values, **changes})


def execution(**changes: Any) -> Execution:
    values: dict[str, Any] = {
        "id": "exe_1",
        "event_id": "evt_1",
        "event_type": "call.ended",
        "hook_id": 7,
        "hook_version": 1,
        "hook_title": "Warm leads",
        "hook_type": HookType.OTHER,
        "status": Status.RUNNING,
        "created_at": AT,
    }
    return Execution(**{**values, **changes})
