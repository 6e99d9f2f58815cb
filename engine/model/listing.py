"""An execution as lists show it: the outcome of each attempt, without request and response. Pure."""

from dataclasses import replace

from engine.model import Action, Attempt, Execution, Request, Response


def listed(execution: Execution) -> Execution:
    if not execution.attempts:
        return execution
    return replace(execution, attempts=tuple(map(_attempt, execution.attempts)))


def request_listed(action: Action | Request) -> Request:
    return Request(method=action.method, url=action.url, headers={}, body=None, truncated=True)


def response_listed(status: int) -> Response:
    return Response(status=status, headers={}, body="", truncated=True)


def _attempt(attempt: Attempt) -> Attempt:
    response = response_listed(attempt.response.status) if attempt.response else None
    return replace(attempt, request=request_listed(attempt.request), response=response)
