"""What conditions and filters share: reading numbers and times out of text, looking up, comparing, showing shortly.

Nothing here raises, whatever the values are: what cannot be answered is None (or MISSING).
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from math import isfinite
from typing import Final, TypeGuard

from engine.model import Json

Number = int | float
Relation = Callable[[Json, Json], bool | None]


class Missing(Enum):
    """One of a kind, so that a field that is absent differs from one that is null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
LARGEST: Final = 1e30  # beyond it, numbers are a mistake or an attack
TEXT_NUMBER_LENGTH: Final = 40
LONGEST_LIST: Final = 10_000  # a longer one is not searched: it would hold up everybody else

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?P<point>\.\d*)?|(?P<lead>\.\d+))(?P<exponent>[eE][+-]?\d+)?\s*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_ALIKE = frozenset({str, int, bool})  # two of one such type compare as they are
_UNORDERED = frozenset({bool, list, dict, type(None)})


# Reading


def as_number(value: Json) -> Number | None:
    """A finite number, or one read from text; never a bool."""
    if type(value) is int:
        return value
    if type(value) is float:
        return value if isfinite(value) else None
    return read_number(value) if type(value) is str else None


def read_number(text: str) -> Number | None:
    """`" 60 "` → 60, `"1.5e3"` → 1500.0; None for what is no finite decimal number of at most 40 characters."""
    if len(text) > TEXT_NUMBER_LENGTH:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found["point"] is None and found["lead"] is None and found["exponent"] is None:
        return int(text)
    number = float(text)
    return number if isfinite(number) else None


def as_time(value: Json) -> datetime | None:
    """An aware datetime, or one read from RFC 3339 text."""
    if type(value) is datetime:
        return value if value.utcoffset() is not None else None
    if type(value) is not str or len(value) > 40 or _TIME.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:  # the 31st of February
        return None


def as_text(value: Json) -> str | None:
    """Text itself, and numbers, true, false and times as people write them; None for all else."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if is_number(value):
        return None if bounded(value) is None else number_text(value)
    return time_text(value) if type(value) is datetime else None


def is_number(value: Json) -> TypeGuard[Number]:
    return type(value) is int or type(value) is float


def is_list(value: Json) -> TypeGuard[list[Json]]:
    return type(value) is list


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    return type(value) is dict


def bounded(number: Number) -> Number | None:
    """The number; None if it is not finite or absurdly large."""
    return number if abs(number) <= LARGEST else None


# Looking up


def lookup(data: Mapping[str, Json], path: Sequence[str]) -> Json:
    """What stands at the path's end, through nested objects, or MISSING."""
    found: Json = data.get(path[0], MISSING) if path else MISSING
    for part in path[1:]:
        found = found.get(part, MISSING) if is_object(found) else MISSING
    return found


def with_aliases(data: Mapping[str, Json], aliases: Mapping[str, str]) -> dict[str, Json]:
    """The data, with both names of a field filled from the one that is there."""
    filled = dict(data)
    for alias, name in aliases.items():
        if alias in data and name not in data:
            filled[name] = data[alias]
        elif name in data and alias not in data:
            filled[alias] = data[name]
    return filled


# Comparing


def equal(a: Json, b: Json) -> bool | None:
    """Whether both are the same value; None if they are of kinds that do not compare. Null equals null alone."""
    if type(a) is str and type(b) is str:
        return a == b
    try:
        return _equal(a, b)
    except RecursionError:  # lists in lists in lists
        return None


def _equal(a: Json, b: Json) -> bool | None:
    if a is None or b is None:
        return a is b
    if is_list(a) and is_list(b):
        return len(a) == len(b) and all(_equal(one, other) is True for one, other in zip(a, b, strict=True))
    if is_object(a) and is_object(b):
        return a.keys() == b.keys() and all(_equal(one, b[key]) is True for key, one in a.items())
    pair = _aligned(a, b)
    return None if pair is None else pair[0] == pair[1]


def unequal(a: Json, b: Json) -> bool | None:
    same = equal(a, b)
    return None if same is None else not same


def _ordered(holds: Callable[[Json, Json], bool]) -> Relation:
    def relation(a: Json, b: Json) -> bool | None:
        if type(a) is int and type(b) is int:
            return holds(a, b)
        pair = _ranked(a, b)
        return None if pair is None else holds(*pair)

    return relation


less: Final = _ordered(operator.lt)
at_most: Final = _ordered(operator.le)
greater: Final = _ordered(operator.gt)
at_least: Final = _ordered(operator.ge)


def within(item: Json, container: Json) -> bool | None:
    """Member of a list, text within text, key of an object; None for anything else."""
    if is_list(container):
        return _member(item, container)
    if type(item) is not str:
        return None
    return item in container if type(container) in (str, dict) else None


def _member(item: Json, items: Sequence[Json]) -> bool | None:
    if len(items) > LONGEST_LIST:
        return None
    if type(item) is str and read_number(item) is None and as_time(item) is None:
        return item in items  # equals nothing but the same text: ten times as fast
    return any(equal(one, item) is True for one in items)


def _aligned(a: Json, b: Json) -> tuple[Json, Json] | None:
    """Both as one kind, ready for ==; None if they have none in common."""
    if type(a) is type(b) and type(a) in _ALIKE:
        return a, b
    if type(a) is datetime or type(b) is datetime:
        return _both(as_time, a, b)
    if is_number(a) or is_number(b):
        return _both(as_number, a, b)
    return None


def _ranked(a: Json, b: Json) -> tuple[Json, Json] | None:
    """Both as one kind, ready for <; two texts are numbers if both read as numbers."""
    if type(a) is str and type(b) is str:
        return _both(read_number, a, b) or (a, b)
    if type(a) in _UNORDERED or type(b) in _UNORDERED:
        return None
    return _aligned(a, b)


def _both(read: Callable[[Json], Json], a: Json, b: Json) -> tuple[Json, Json] | None:
    one, other = read(a), read(b)
    return None if one is None or other is None else (one, other)


# Showing


def short(value: Json, limit: int = 80) -> str:
    """As JSON, cut to `limit` characters; costs no more than that, however large the value."""
    shown = ""
    for piece in _pieces(value, limit):
        shown += piece
        if len(shown) > limit:
            return cut(shown, limit)
    return shown


def cut(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def describe(value: Json) -> str:
    """`the text "abc"`, `the number 5`, `null`, `a list`: what a sentence says of a value."""
    if value is None or type(value) is bool:
        return short(value)
    if type(value) is str:
        return f"the text {short(value)}"
    if is_number(value):
        return f"the number {number_text(value)}"
    return f"the time {time_text(value)}" if type(value) is datetime else _container(value)


def _container(value: Json) -> str:
    return "a list" if type(value) is list else "an object"


def number_text(number: Number) -> str:
    """`60.0` → `60`; a number too long to write is given by its size."""
    if type(number) is float:
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(number) if abs(number) <= LARGEST else f"of about {int(int(number).bit_length() * 0.30103) + 1} digits"


def time_text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _pieces(value: Json, limit: int) -> Iterator[str]:
    if type(value) is str:
        yield json.dumps(value[: limit + 1], ensure_ascii=False)
    elif is_list(value):
        yield from _list_pieces(value, limit)
    elif is_object(value):
        yield from _object_pieces(value, limit)
    else:
        yield number_text(value) if is_number(value) else as_text(value) or "null"


def _list_pieces(items: Sequence[Json], limit: int) -> Iterator[str]:
    yield "["
    for index, item in enumerate(items):
        yield ", " if index else ""
        yield from _pieces(item, limit)
    yield "]"


def _object_pieces(members: Mapping[str, Json], limit: int) -> Iterator[str]:
    yield "{"
    for index, (key, item) in enumerate(members.items()):
        yield ", " if index else ""
        yield json.dumps(str(key)[: limit + 1], ensure_ascii=False) + ": "
        yield from _pieces(item, limit)
    yield "}"
