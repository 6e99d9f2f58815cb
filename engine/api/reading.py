"""Reading what several routes take."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import cast

from starlette.requests import Request

from engine.api.problems import Problem
from engine.errors import InvalidHook, InvalidQuery
from engine.model import Gate, Json, Role


def aware(name: str, moment: datetime | None) -> datetime | None:
    """Raises InvalidQuery for a time without its zone."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidQuery(name, 'Give the time with its zone, such as "2025-09-09T14:27:00Z".')
    return moment


def expected_version(request: Request) -> int | None:
    """The version in `If-Match: "3"`; None without the header, or with `*`. Raises Problem."""
    header = request.headers.get("if-match", "*").strip()
    if header == "*":
        return None
    if found := re.fullmatch(r'(?:W/)?"(\d{1,9})"', header):
        return int(found[1])
    raise Problem(HTTPStatus.PRECONDITION_FAILED, "If-Match takes the ETag as you read it.")


def role_of(raw: Mapping[str, Json], otherwise: Role) -> Role:
    """Raises InvalidHook."""
    try:
        return Role(raw.get("role", otherwise))
    except ValueError:
        raise InvalidHook({"role": f"Choose one of: {', '.join(Role)}."}) from None


def gates_of(raw: Mapping[str, Json]) -> frozenset[Gate]:
    """The gates that a test passes over, under `without`. Raises InvalidHook."""
    wanted = raw.get("without", [])
    try:
        return frozenset(Gate(one) for one in cast("list[Json]", wanted))
    except (TypeError, ValueError):
        raise InvalidHook({"without": f"A list of: {', '.join(Gate)}."}) from None
