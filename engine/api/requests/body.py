"""Reading a request's body within bounds, and as JSON in UTF-8, whatever it was sent as."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast

from starlette.requests import ClientDisconnect, Request

from engine.api.problems import Problem
from engine.api.requests.encodings import decoded, too_large
from engine.errors import InvalidHook
from engine.events.bounds import Bounds, shape_problem
from engine.events.json_text import InvalidJson, nul_place, read_json
from engine.model import Json

DOCUMENT: Final = Bounds(bytes=262_144, fields=10_000)

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/")
_STARTS: Final = (b"{", b"[", b'"')
_NO_FORM: Final = (
    "This route takes JSON, not a form. Send application/json; a platform that posts forms sends them to the address "
    "of a source."
)
_ACCEPT: Final = {"accept-post": "application/json, application/cloudevents+json, application/cloudevents-batch+json"}


def headers_of(request: Request) -> dict[str, str]:
    """By their names in lower case; what is said several times is joined by commas, as HTTP has it."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(request: Request, limit: int) -> bytes:
    """As it was sent. Raises Problem (413) as soon as the body is known to be longer than `limit` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise too_large(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            at_most(body, limit)
    except ClientDisconnect:
        raise Problem(HTTPStatus.BAD_REQUEST, "The connection closed before the body was complete.") from None
    return bytes(body)


def as_json(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The body uncompressed and in UTF-8. Raises Problem (413, 415, 422)."""
    body = decoded(body, headers, limit)
    if headers.get("content-type", "").lower().startswith(_FORMS) and not body.lstrip().startswith(_STARTS):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NO_FORM, _ACCEPT)
    return body


def at_most(body: bytes | bytearray, limit: int) -> None:
    """Raises Problem (413)."""
    if len(body) > limit:
        raise too_large(limit)


async def read_object(request: Request, bounds: Bounds = DOCUMENT) -> Mapping[str, Json]:
    """A JSON object. Raises Problem, InvalidHook."""
    body = as_json(await read_body(request, bounds.bytes), headers_of(request), bounds.bytes)
    try:
        document = read_json(body)
    except InvalidJson as error:
        raise InvalidHook({error.place or "body": error.message}) from None
    if not isinstance(document, dict):
        raise InvalidHook({"body": "Send a JSON object."})
    if problem := shape_problem(cast("Json", document), bounds.fields):
        raise InvalidHook({"body": problem})
    if (place := nul_place(body, cast("Json", document))) is not None:
        raise InvalidHook({place or "body": "Text may not hold the character NUL (\\u0000); leave it out."})
    return cast("dict[str, Json]", document)
