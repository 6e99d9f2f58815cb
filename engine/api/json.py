"""Nouns as the JSON that programs read. Times are RFC 3339 with a Z."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from starlette.responses import Response

from engine.hooks.definition import write_definition
from engine.model import Attempt, ChainedEvent, Decision, Execution, Hook, Json, Request
from engine.model import Response as ActionResponse
from engine.ports import Recorded


def dumps(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


def answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(dumps(document), status_code=status, headers=headers, media_type="application/json")


def hook_json(hook: Hook) -> dict[str, Json]:
    return {
        "id": hook.id,
        "version": hook.version,
        **write_definition(hook.definition),
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
    }


def decision_json(decision: Decision) -> dict[str, Json]:
    document = asdict(decision)
    del document["needs"]
    return {**document, "needed": list(decision.needed)}


def request_json(request: Request) -> dict[str, Json]:
    return asdict(request)


def event_json(recorded: Recorded) -> dict[str, Json]:
    event = recorded.event
    return {
        "id": event.id,
        "type": event.type,
        "role": event.role,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "decided_at": recorded.decided_at,
        "test": event.test,
        "chain": [asdict(link) for link in event.chain],
        "attributes": event.attributes,
        "data": event.data,
    }


def execution_json(execution: Execution) -> dict[str, Json]:
    return _execution(execution, [_attempt(attempt) for attempt in execution.attempts])


def listed_json(execution: Execution) -> dict[str, Json]:
    """In a list: of each attempt how it went. Headers and bodies are at the execution itself."""
    return _execution(execution, [_attempt_listed(attempt) for attempt in execution.attempts])


def _execution(execution: Execution, attempts: Sequence[Json]) -> dict[str, Json]:
    return {
        "id": execution.id,
        "event_id": execution.event_id,
        "event_type": execution.event_type,
        "hook_id": execution.hook_id,
        "hook_version": execution.hook_version,
        "hook_title": execution.hook_title,
        "type": execution.hook_type,
        "status": execution.status,
        "test": execution.test,
        "created_at": execution.created_at,
        "finished_at": execution.finished_at,
        "next_attempt_at": execution.next_attempt_at,
        "reason": execution.reason or None,
        "attempts": attempts,
    }


def chained_json(event: ChainedEvent) -> dict[str, Json]:
    runs = [
        {
            "execution_id": run.execution.id,
            "hook_id": run.execution.hook_id,
            "hook_title": run.execution.hook_title,
            "status": run.execution.status,
            "created_at": run.execution.created_at,
            "made": [chained_json(made) for made in run.made],
        }
        for run in event.runs
    ]
    return {"event_id": event.id, "type": event.type, "occurred_at": event.occurred_at, "runs": runs}


def _attempt(attempt: Attempt) -> dict[str, Json]:
    return {
        **_course(attempt),
        "request": request_json(attempt.request),
        "response": _response(attempt.response) if attempt.response else None,
    }


def _attempt_listed(attempt: Attempt) -> dict[str, Json]:
    request, response = attempt.request, attempt.response
    return {
        **_course(attempt),
        "request": {"method": request.method, "url": request.url},
        "response": {"status": response.status} if response else None,
    }


def _course(attempt: Attempt) -> dict[str, Json]:
    error = attempt.error
    return {
        "number": attempt.number,
        "action": attempt.action,
        "started_at": attempt.started_at,
        "latency_ms": attempt.latency_ms,
        "status_code": attempt.status_code,
        "error": {"class": error.error_class, "message": error.message} if error else None,
    }


def _response(response: ActionResponse) -> dict[str, Json]:
    document = asdict(response)
    del document["sealed"]
    return document
