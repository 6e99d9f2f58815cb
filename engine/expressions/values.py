"""What conditions and filters share: parsing numbers, looking up values, and showing them in short.

Nothing here raises, whatever the values are: the result is None (or MISSING) if there is none.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from math import isfinite
from typing import Final, TypeGuard

from engine.model import Json
from engine.model.text.normalization import normalized
from engine.model.text.numbers import read_fraction

Number = int | float


class Missing(Enum):
    """A singleton that distinguishes an absent field from one that is null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
LARGEST: Final = 1e30  # larger numbers are a mistake or an attack
TEXT_NUMBER_LENGTH: Final = 40

_FORMS: Final = ("NFC", "NFD")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?P<point>\.\d*)?|(?P<lead>\.\d+))(?P<exponent>[eE][+-]?\d+)?\s*", re.ASCII)


# Parsing


def as_number(value: Json) -> Number | None:
    """A finite number, or one parsed from text; never a bool."""
    if type(value) is int:
        return value
    if type(value) is float:
        return value if isfinite(value) else None
    return read_number(value) if type(value) is str else None


def read_number(text: str) -> Number | None:
    """`" 60 "` → 60, `"1.5e3"` → 1500.0; None for anything but a finite decimal number of at most 40 characters."""
    if len(text) > TEXT_NUMBER_LENGTH:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found["point"] is None and found["lead"] is None and found["exponent"] is None:
        return int(text)
    number = read_fraction(text)
    return number if isfinite(number) else None


def as_text(value: Json) -> str | None:
    """Strings as they are, and numbers, booleans and times as people write them; None for anything else."""
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
    """The number; None if it is not finite or out of range."""
    return number if abs(number) <= LARGEST else None


# Lookup


def entry(members: Mapping[str, Json], key: str) -> Json:
    """The value under the key, in any Unicode normalization, or MISSING."""
    value = members.get(key, MISSING)
    if value is not MISSING or key.isascii():
        return value
    forms = (members.get(normalized(form, key), MISSING) for form in _FORMS)
    return next((value for value in forms if value is not MISSING), MISSING)


def with_aliases(data: Mapping[str, Json], aliases: Mapping[str, str]) -> dict[str, Json]:
    """The data, with both names of an aliased field set from the one that is present."""
    filled = dict(data)
    for alias, name in aliases.items():
        if alias in data and name not in data:
            filled[name] = data[alias]
        elif name in data and alias not in data:
            filled[alias] = data[name]
    return filled


# Display


def short(value: Json, limit: int = 80) -> str:
    """As JSON, cut to `limit` characters, at a cost that does not grow with the value."""
    shown = ""
    for piece in _pieces(value, limit):
        shown += piece
        if len(shown) > limit:
            return cut(shown, limit)
    return shown


def cut(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def describe(value: Json) -> str:
    """`the text "abc"`, `the number 5`, `null`, `a list`: a value as part of a sentence."""
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
    """`60.0` → `60`; a number too long to write out is described by its size."""
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
