"""Exact JSON: parsed without loss, or refused with the place. Pure.

orjson turns integers beyond 64 bits into floats, and everything with a point or an exponent, which changes the last
digits of large whole numbers, and ids are often that long. Of duplicate keys in an object the last value counts, as in
the browsers and languages that send them.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Final, cast

import orjson

from engine.model import Json
from engine.model.text.numbers import read_fraction

LEAST: Final = -(2**63)
MOST: Final = 2**64 - 1

_SHAPES: Final = bytes.maketrans(b"123456789E", b"000000000e")
_LONG_NUMBERS: Final = (b"0" * 19, b"0" * 16 + b".", b"0" * 16 + b"e", b"0" * 8 + b"e")
"""Candidates for whole numbers that lose digits, searched with every digit mapped to zero, which is fast."""
_MANY_BEFORE_POINT: Final = b"0" * 9 + b"."
_RAISED: Final = re.compile(rb"000000000\.0+e")  # a literal prefix is searched fast
_DIGITS: Final = len(str(MOST))
_SHOWN: Final = 60


class InvalidJson(ValueError):
    """`place` is the path to the problem, such as `data.order_id` or `[3].data`; empty for the whole text. `line` and
    `column` count from 1; 0 if the text is JSON."""

    def __init__(self, place: str, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.place, self.message, self.line, self.column = place, message, line, column


def read_json(body: bytes) -> Json:
    """Raises InvalidJson."""
    value = _loads(body)
    if not _may_lose_digits(body):
        return value
    beyond: list[_Beyond] = []

    def note(digits: str) -> _Beyond:
        beyond.append(_Beyond(digits))
        return beyond[-1]

    again = _loads_with(body, note)
    if beyond and (found := _find_beyond(again)):
        place, number = found
        shown = number if len(number) <= _SHOWN else f"{number[:_SHOWN]}…"
        message = f"The whole number {shown} is beyond 64 bits and would lose digits. Send it as text, in quotes."
        raise InvalidJson(place, message)
    return again


def read_foreign_json(body: bytes) -> Json:
    """Like `read_json`, for senders that cannot be asked to change: integers beyond 64 bits become strings.

    Raises InvalidJson.
    """
    value = _loads(body)
    return _loads_with(body, str) if _may_lose_digits(body) else value


def contains_nul(body: bytes, document: Json) -> bool:
    """Whether a string in the document parsed from this body contains NUL, which cannot be stored."""
    return b"\\u0000" in body and _any_nul(document)


def nul_place(body: bytes, document: Json) -> str | None:
    """The path to the first text with NUL in the document parsed from this body; None without. A name with NUL counts
    as its object."""
    if not contains_nul(body, document):
        return None
    return next(path for path, value in _walk(document) if _has_nul(value))


def _may_lose_digits(body: bytes) -> bool:
    shapes = body.translate(_SHAPES)
    if any(number in shapes for number in _LONG_NUMBERS):
        return True
    return _MANY_BEFORE_POINT in shapes and _RAISED.search(shapes) is not None


class _Beyond(str):
    """The digits of an integer that is too long."""

    __slots__ = ()


def _loads(body: bytes) -> Json:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson("", _in_words(error), line=error.lineno, column=error.colno) from None


def _in_words(error: orjson.JSONDecodeError) -> str:
    place = f"at line {error.lineno}, column {error.colno}"
    rest = error.doc[error.pos : error.pos + 10].lstrip("-+")
    for name in ("NaN", "Infinity"):
        if rest.startswith(name):
            return f"JSON has no {name} ({place}); send null instead."
    return f"This is not valid JSON {place}: {error.msg}."


def _loads_with(body: bytes, beyond: Callable[[str], str]) -> Json:
    """Parses again what orjson accepted, passing integers that are too long to `beyond`. Raises InvalidJson."""

    def whole(digits: str) -> int | str:
        short = len(digits) <= _DIGITS + 1
        return number if short and LEAST <= (number := int(digits)) <= MOST else beyond(digits)

    def fraction(digits: str) -> float | str:
        number = read_fraction(digits)
        return number if isinstance(number, float) or LEAST <= number <= MOST else beyond(digits)

    try:
        return json.loads(body, parse_int=whole, parse_float=fraction)
    except RecursionError:
        raise InvalidJson("", "Nested too deeply.") from None


def _find_beyond(document: Json) -> tuple[str, str] | None:
    """The path to the first integer that is too long, and its digits."""
    return next(((path, value) for path, value in _walk(document) if isinstance(value, _Beyond)), None)


def _walk(document: Json) -> Iterator[tuple[str, Json]]:
    """Every value with its path, in the order of the text."""
    waiting: list[tuple[str, Json]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        yield path.lstrip("."), value
        if isinstance(value, dict):
            members = cast("dict[str, Json]", value).items()
            waiting += reversed([(f"{path}.{name[:100]}", one) for name, one in members])
        elif isinstance(value, list):
            entries = cast("list[Json]", value)
            waiting += reversed([(f"{path}[{index}]", one) for index, one in enumerate(entries)])


def _has_nul(value: Json) -> bool:
    """Itself, or as an object in one of its names."""
    if isinstance(value, dict):
        return any("\0" in name for name in cast("dict[str, Json]", value))
    return isinstance(value, str) and "\0" in value


def _any_nul(value: Json) -> bool:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            members = cast("dict[str, Json]", value)
            waiting += [*members, *members.values()]
        elif isinstance(value, list):
            waiting += cast("list[Json]", value)
    return False
