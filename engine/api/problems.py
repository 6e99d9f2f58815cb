"""Errors as RFC 9457 problem documents: what was wrong, where, and how to mend it. Never a stack, never a secret."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from engine.api.json import dumps
from engine.errors import (
    Conflict,
    InUse,
    InvalidAccount,
    InvalidEvent,
    InvalidEventType,
    InvalidHook,
    InvalidKey,
    InvalidQuery,
    InvalidSource,
    InvalidTask,
    KeyRefused,
    NotAllowed,
    NotFound,
    Overloaded,
    RateExceeded,
    StoreUnavailable,
    TriggerHooksError,
)

log = logging.getLogger(__name__)

_STATUS: dict[type[TriggerHooksError], HTTPStatus] = {
    InvalidHook: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidEvent: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidQuery: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidAccount: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidKey: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidSource: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidEventType: HTTPStatus.UNPROCESSABLE_ENTITY,
    InUse: HTTPStatus.CONFLICT,
    KeyRefused: HTTPStatus.UNAUTHORIZED,
    RateExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    InvalidTask: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.PRECONDITION_FAILED,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_MOST_PROBLEMS = 100


class Problem(Exception):
    """A refusal that the HTTP face itself makes. `errors` maps each wrong place to its mend."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.errors = status, detail, headers, errors


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`errors` maps each wrong place to its mend; with very many, the first hundred are told."""
    document: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    if errors:
        places = list(errors.items())[:_MOST_PROBLEMS]
        document["errors"] = [{"field": field, "message": message} for field, message in places]
    return Response(
        dumps(document), status_code=status, headers=dict(headers or {}), media_type="application/problem+json"
    )


def answer_problems(app: FastAPI) -> None:
    """Registers an answer for everything that can be raised."""

    async def answered(request: Request, error: Exception) -> Response:
        return answer_of(error, request)

    for kind in (TriggerHooksError, Problem, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answered)


def answer_of(error: Exception, request: Request) -> Response:
    """To whatever was raised; what nobody foresaw is logged."""
    match error:
        case TriggerHooksError():
            return _refusal(error)
        case Problem():
            return problem(error.status, error.detail, errors=error.errors, headers=error.headers)
        case RequestValidationError():
            details: Sequence[Mapping[str, Any]] = error.errors()
            errors = {_place_of(one["loc"]): str(one["msg"]).removeprefix("Value error, ") for one in details}
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _summary(errors), errors=errors)
        case HTTPException():
            return problem(HTTPStatus(error.status_code), error.detail, headers=error.headers)
        case _:
            log.error("%s %s failed", request.method, request.url.path[:200], exc_info=error)
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; the log tells what.")


def _refusal(error: TriggerHooksError) -> Response:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    errors: Mapping[str, str] | None = getattr(error, "problems", None)
    headers: dict[str, str] = {}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers["retry-after"] = str(getattr(error, "retry_after", 5))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return problem(status, _summary(errors) if errors else str(error), errors=errors, headers=headers)


def _place_of(location: Sequence[object]) -> str:
    return ".".join(map(str, location[1:])) or "body"


def _summary(errors: Mapping[str, str]) -> str:
    place, message = next(iter(errors.items()))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}: {message}{more}"
