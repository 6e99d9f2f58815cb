"""Success criteria: a list of statuses, and an expression over the response. Pure."""

import re
from contextlib import suppress
from functools import lru_cache
from typing import cast

from engine.events.json_text import InvalidJson, read_foreign_json
from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.model import AttemptError, ErrorClass, Json, Response, Success

USUAL = ((200, 299),)
PROBLEM = "application/problem+json"
MOST_DETAIL = 500

_RANGE = re.compile(r"\s*([1-5]\d\d)\s*(?:-\s*([1-5]\d\d)\s*)?")

Ranges = tuple[tuple[int, int], ...]


@lru_cache(500)
def ranges_of(statuses: str) -> Ranges | None:
    """`200-299, 404` as pairs; None if it is not a valid list. Empty means 2xx."""
    if not statuses.strip():
        return USUAL
    found = [_RANGE.fullmatch(part) for part in statuses.split(",")]
    pairs = [(int(hit[1]), int(hit[2] or hit[1])) for hit in found if hit]
    return tuple(pairs) if len(pairs) == len(found) and all(low <= high for low, high in pairs) else None


def problems(success: Success) -> dict[str, str]:
    told: dict[str, str] = {}
    if ranges_of(success.statuses) is None:
        told["statuses"] = "List statuses and ranges such as 200-299, 404."
    try:
        _check(success.check)
    except ConditionError as error:
        told["check"] = f"Column {error.column}: {error}" if error.column else str(error)
    return told


def judged(success: Success, response: Response) -> AttemptError | None:
    """Why a response is not a success; None if it is."""
    if not any(low <= response.status <= high for low, high in ranges_of(success.statuses) or USUAL):
        return _rejected(_status_words(response.status, success.statuses) + _problem_detail(response))
    if not success.check:
        return None
    told = _check(success.check).explain(answer_names(response))
    if told.verdict is True:
        return None
    return _rejected(f"Answered {response.status}, and what has to hold for success does not: {told.reason}.")


def answer_names(response: Response) -> dict[str, Json]:
    """The readable names of a response. `json` is missing if the body is not JSON, or was truncated."""
    names: dict[str, Json] = {
        "status": response.status,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "text": response.body,
    }
    if not response.truncated:
        with suppress(InvalidJson):
            names["json"] = read_foreign_json(response.body.encode())
    return names


def _status_words(status: int, statuses: str) -> str:
    if 300 <= status < 400:
        return f"Answered {status}, a redirect. Redirects are not followed: enter the final address."
    return f"Answered {status}; only {statuses or '200 to 299'} is success."


def _problem_detail(response: Response) -> str:
    """The message of a problem document (RFC 9457)."""
    names = answer_names(response)
    document = names.get("json")
    if not names["headers"].get("content-type", "").startswith(PROBLEM) or not isinstance(document, dict):
        return ""
    detail: Json = cast("dict[str, Json]", document).get("detail")
    return f" It says: {detail[:MOST_DETAIL]}" if isinstance(detail, str) and detail else ""


def _rejected(message: str) -> AttemptError:
    return AttemptError(error_class=ErrorClass.REJECTED, message=message)


@lru_cache(500)
def _check(source: str) -> Condition:
    """Raises ConditionError."""
    return compile_condition(source)
