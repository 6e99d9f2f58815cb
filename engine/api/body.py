"""Reading a request's body within bounds."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import orjson
from starlette.requests import ClientDisconnect, Request

from engine.api.problems import Problem
from engine.errors import InvalidHook
from engine.events.parsing import shape_problem
from engine.model import Json

MAX_DOCUMENT = 262_144


async def read_body(request: Request, limit: int) -> bytes:
    """Raises Problem (413) as soon as the body is known to be longer than `limit` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            at_most(body, limit)
    except ClientDisconnect:
        raise Problem(HTTPStatus.BAD_REQUEST, "The connection closed before the body was complete.") from None
    return bytes(body)


def at_most(body: bytes | bytearray, limit: int) -> None:
    """Raises Problem (413)."""
    if len(body) > limit:
        raise _too_large(limit)


async def read_object(request: Request) -> Mapping[str, Json]:
    """A JSON object. Raises Problem, InvalidHook."""
    body = await read_body(request, MAX_DOCUMENT)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidHook({"body": f"This is not valid JSON at {place}: {error.msg}."}) from None
    if not isinstance(document, dict):
        raise InvalidHook({"body": "Send a JSON object."})
    if problem := shape_problem(document):
        raise InvalidHook({"body": problem})
    return cast("dict[str, Json]", document)


def _too_large(limit: int) -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {limit} bytes; send less at once.")
