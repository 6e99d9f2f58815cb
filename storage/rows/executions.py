"""Converts executions and attempts to rows and back."""

from typing import Any

import orjson

from engine.model import (
    Action,
    Attempt,
    AttemptError,
    ErrorClass,
    Execution,
    HookType,
    Method,
    Request,
    Response,
    Status,
)
from engine.model.listing import request_listed, response_listed
from storage.tables import AttemptRow, EventRow, ExecutionRow

EXECUTION_COLUMNS = (
    "id",
    "event_seq",
    "hook_id",
    "hook_version",
    "type",
    "status",
    "test",
    "about",
    "entity",
    "created_at",
    "finished_at",
    "next_attempt_at",
    "reason",
    "subject",
    "counts_at",
    "bulk",
)
ATTEMPT_COLUMNS = (
    "execution_id",
    "number",
    "action",
    "started_at",
    "latency_ms",
    "status_code",
    "error_class",
    "error_message",
    "request",
    "response",
)


def execution_values(execution: Execution, event_seq: int) -> dict[str, Any]:
    return {
        "id": execution.id,
        "event_seq": event_seq,
        "hook_id": execution.hook_id,
        "hook_version": execution.hook_version,
        "type": execution.hook_type.value,
        "status": execution.status.value,
        "test": execution.test,
        "about": execution.about,
        "entity": execution.entity,
        "created_at": execution.created_at,
        "finished_at": execution.finished_at,
        "next_attempt_at": execution.next_attempt_at,
        "reason": execution.reason,
        "subject": execution.subject,
        "counts_at": execution.counts_at,
        "bulk": execution.bulk,
    }


def execution_of(row: ExecutionRow, event: EventRow, title: str, attempts: tuple[Attempt, ...]) -> Execution:
    return Execution(
        id=row.id,
        event_id=event.id,
        event_type=event.type,
        hook_id=row.hook_id,
        hook_version=row.hook_version,
        hook_title=title,
        hook_type=HookType(row.type),
        status=Status(row.status),
        created_at=row.created_at,
        test=row.test,
        about=row.about,
        entity=row.entity,
        finished_at=row.finished_at,
        next_attempt_at=row.next_attempt_at,
        reason=row.reason,
        subject=row.subject,
        counts_at=row.counts_at,
        bulk=row.bulk,
        attempts=attempts,
    )


def attempt_values(execution_id: str, attempt: Attempt) -> dict[str, Any]:
    error = attempt.error
    return {
        "execution_id": execution_id,
        "number": attempt.number,
        "action": attempt.action,
        "started_at": attempt.started_at,
        "latency_ms": attempt.latency_ms,
        "status_code": attempt.status_code,
        "error_class": error.error_class.value if error else None,
        "error_message": error.message if error else None,
        "request": orjson.dumps(attempt.request).decode(),
        "response": orjson.dumps(attempt.response).decode() if attempt.response else None,
    }


def attempt_of(row: AttemptRow) -> Attempt:
    return Attempt(
        **_course_of(row),
        request=_request_of(orjson.loads(row.request)),
        response=_response_of(orjson.loads(row.response)) if row.response else None,
    )


def attempt_listed(row: AttemptRow, action: Action) -> Attempt:
    """Leaves out the request and response, which may be large."""
    response = None if row.status_code is None else response_listed(row.status_code)
    return Attempt(**_course_of(row), request=request_listed(action), response=response)


def _course_of(row: AttemptRow) -> dict[str, Any]:
    error = None
    if row.error_class:
        error = AttemptError(error_class=ErrorClass(row.error_class), message=row.error_message or "")
    return {
        "number": row.number,
        "action": row.action,
        "started_at": row.started_at,
        "latency_ms": row.latency_ms,
        "error": error,
    }


def _request_of(stored: dict[str, Any]) -> Request:
    return Request(
        method=Method(stored["method"]),
        url=stored["url"],
        headers=stored["headers"],
        body=stored["body"],
        truncated=stored.get("truncated", False),
    )


def _response_of(stored: dict[str, Any]) -> Response:
    return Response(
        status=stored["status"],
        headers=stored["headers"],
        body=stored["body"],
        truncated=stored["truncated"],
        remarks=tuple(stored.get("remarks", ())),
        sealed=stored.get("sealed", ""),
    )
