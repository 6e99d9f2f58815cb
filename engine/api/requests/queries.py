"""Reading what several routes take: numbers, times and text as they may stand in an address."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, cast

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, StringConstraints
from starlette.requests import Request

from engine.api.problems import Problem
from engine.errors import InvalidHook
from engine.model import Gate, Json, Role
from engine.model.moments import fits_calendar, read_written

MOST_TEXT: Final = 200
LARGEST: Final = 2**63 - 1
"""That a database counts to."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,19}")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffd]")


def _whole_number(value: Any) -> Any:
    """Of what Python takes for one, such as `1_000` or ` +7`, an address takes digits alone. Raises ValueError."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("Give a whole number.")
    return value


def _printable(text: str) -> str:
    """Raises ValueError."""
    if _UNSEEN.search(text):
        raise ValueError("This holds a character that no text has.")
    return text


def _moment(value: Any) -> Any:
    """Raises ValueError."""
    moment = read_written(value)
    if not isinstance(moment, datetime):
        raise ValueError(_LIKE_THIS)  # noqa: TRY004 (reported for the field)
    return moment


def _in_utc(moment: datetime) -> datetime:
    """Raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(_LIKE_THIS)
    if not fits_calendar(moment):
        raise ValueError("Give a time that has a date in every zone.")
    return moment.astimezone(UTC)


_LIKE_THIS: Final = 'Give the time with its zone, such as "2025-09-09T14:27:00Z".'
_WholeNumber = BeforeValidator(_whole_number)
_Text = Annotated[str, StringConstraints(max_length=MOST_TEXT), AfterValidator(_printable)]
_Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_utc)]

Id = Annotated[int, _WholeNumber, Path(ge=0, le=LARGEST)]
"""In a path."""
IdAsked = Annotated[int | None, _WholeNumber, Query(ge=0, le=LARGEST)]
Limit = Annotated[int, _WholeNumber, Query(ge=1, le=500)]
Text = Annotated[_Text, Query()]
"""Of a query; with `str | None` as TextAsked."""
TextAsked = Annotated[_Text | None, Query()]
Since = Annotated[_Moment | None, Query(alias="from")]
Until = Annotated[_Moment | None, Query(alias="to")]


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
