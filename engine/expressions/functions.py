"""The functions that conditions may call: pure, bounded, and documented for the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.expressions.clock import (
    any_moment,
    as_day,
    days_between,
    hour,
    local_time,
    seconds_between,
    to_time,
    weekday,
)
from engine.expressions.comparing import begins, ends, within
from engine.expressions.moments import as_instant, as_time, zone_named
from engine.expressions.values import MISSING, Number, as_number, as_text, bounded
from engine.expressions.work import spend_on_text
from engine.model import Json

ENDLESS: Final = 150
TEXT_LIMIT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of an argument: its name for people, and its conversion (None if it does not fit)."""

    words: str
    read: Callable[[Json], Json]


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` has a kind for each argument, the last one repeating; without it any value is allowed, even unknown.

    `arity` is the minimum and maximum number of arguments.
    """

    name: str
    signature: str
    description: str
    call: Callable[..., Json]
    takes: tuple[Kind | None, ...] = ()
    arity: tuple[int, int] = (1, 1)


def _text(value: Json) -> str | None:
    return value if type(value) is str and len(value) <= TEXT_LIMIT else None


def _number(value: Json) -> Number | None:
    number = as_number(value)
    return None if number is None else bounded(number)


def _digits(value: Json) -> int | None:
    return value if type(value) is int and -15 <= value <= 15 else None


def _container(value: Json) -> Json:
    return value if type(value) in (str, list, dict) else None


TEXT: Final = Kind("text", _text)
NUMBER: Final = Kind("a number", _number)
DIGITS: Final = Kind("a whole number from -15 to 15", _digits)
TIME: Final = Kind("a time", as_time)
MOMENT: Final = Kind("a time", any_moment)
INSTANT: Final = Kind("a time with a zone", as_instant)
DAY: Final = Kind("a date, or a time with a zone", as_day)
ZONE: Final = Kind("a time zone such as Europe/Berlin", zone_named)
CONTAINER: Final = Kind("text, a list or an object", _container)
SCALAR: Final = Kind("text, a number, true or false", as_text)


def _exists(value: Json) -> bool:
    return value is not None and value is not MISSING


def _coalesce(*values: Json) -> Json:
    return next((value for value in values if _exists(value)), values[-1])


def _lower(text: str) -> str:
    spend_on_text(text)
    return text.lower()


def _upper(text: str) -> str:
    spend_on_text(text)
    return text.upper()


def _trim(text: str) -> str:
    spend_on_text(text)
    return text.strip()


def _contains(container: Json, item: Json) -> bool | None:
    return within(item, container)


def _round(number: Number, digits: int = 0) -> Number:
    return round(number, digits) if digits else round(number)


def _same(value: Json) -> Json:
    return value


_PAIR = (2, 2)
_HALVES = "The number rounded; halves go to the even neighbour."
_SECONDS = "Seconds from one time to another; below 0 if the second is earlier."
_DAYS = "Days from one time or date to another, with fractions; below 0 if the second is earlier."
_TIME = "The time that a text, or a number since 1970, stands for; a zone is given for a text that has none."
_HOUR = "The hour of the day, 0 to 23, that clocks in the zone show."
_WEEKDAY = "The day of the week in the zone: mon, tue, wed, thu, fri, sat or sun."
_LOCAL = "The time as clocks in the zone show it."
_LENGTH = "How many characters a text has, or entries a list or an object."
_CONTAINS = "Whether the text contains that text, or the list that entry."

_ALL = (
    Function("exists", "exists(field)", "Whether the field is there and not null.", _exists),
    Function(
        "coalesce", "coalesce(field, other, …)", "The first that is there and not null.", _coalesce, arity=(1, ENDLESS)
    ),
    Function("lower", "lower(text)", "The text in small letters.", _lower, (TEXT,)),
    Function("upper", "upper(text)", "The text in capital letters.", _upper, (TEXT,)),
    Function("trim", "trim(text)", "The text without blanks at its ends.", _trim, (TEXT,)),
    Function("len", "len(value)", _LENGTH, len, (CONTAINER,)),
    Function("contains", "contains(text_or_list, part)", _CONTAINS, _contains, (CONTAINER, None), _PAIR),
    Function("starts_with", "starts_with(text, start)", "Whether the text starts so.", begins, (TEXT,), _PAIR),
    Function("ends_with", "ends_with(text, end)", "Whether the text ends so.", ends, (TEXT,), _PAIR),
    Function("abs", "abs(number)", "The number without its sign.", abs, (NUMBER,)),
    Function("round", "round(number, digits=0)", _HALVES, _round, (NUMBER, DIGITS), (1, 2)),
    Function("min", "min(number, number, …)", "The smallest of the numbers.", min, (NUMBER,), (2, ENDLESS)),
    Function("max", "max(number, number, …)", "The largest of the numbers.", max, (NUMBER,), (2, ENDLESS)),
    Function("number", "number(value)", "The number that a text reads as.", _same, (NUMBER,)),
    Function("text", "text(value)", "The value as text.", _same, (SCALAR,)),
    Function("seconds_between", "seconds_between(start, end)", _SECONDS, seconds_between, (TIME,), _PAIR),
    Function("days_between", "days_between(start, end)", _DAYS, days_between, (TIME,), _PAIR),
    Function("time", "time(value, zone)", _TIME, to_time, (MOMENT, ZONE), (1, 2)),
    Function("hour", "hour(time, zone)", _HOUR, hour, (INSTANT, ZONE), _PAIR),
    Function("weekday", "weekday(time, zone)", _WEEKDAY, weekday, (DAY, ZONE), _PAIR),
    Function("local_time", "local_time(time, zone)", _LOCAL, local_time, (INSTANT, ZONE), _PAIR),
)

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType({function.name: function for function in _ALL})
