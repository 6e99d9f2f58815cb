"""An execution as lists show it: the outcome of each attempt, without request and response. Pure."""

from dataclasses import replace
from functools import lru_cache

from engine.model import Action, Attempt, Execution, Method, Request, Response


def listed(execution: Execution) -> Execution:
    if not execution.attempts:
        return execution
    return replace(execution, attempts=tuple(map(_attempt, execution.attempts)))


def request_listed(action: Action | Request) -> Request:
    return _request_listed(action.method, action.url)


@lru_cache(1_000)
def _request_listed(method: Method, url: str) -> Request:
    return Request(method=method, url=url, headers={}, body=None, truncated=True)


@lru_cache(1_000)
def response_listed(status: int) -> Response:
    return Response(status=status, headers={}, body="", truncated=True)


def _attempt(attempt: Attempt) -> Attempt:
    response = response_listed(attempt.response.status) if attempt.response else None
    return replace(attempt, request=request_listed(attempt.request), response=response)
