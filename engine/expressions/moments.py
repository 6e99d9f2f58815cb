"""Reads times out of values: instants, times without a zone, and dates. Only two of the same kind compare.

Nothing here raises, whatever the values are: None for anything that is not a time.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from engine.expressions.values import as_number
from engine.model import Json
from engine.model.text.times import read_moment

Moment = datetime | date
Exact = tuple[Moment, str]
"""A moment, and the digits of its fraction beyond microseconds; two of the same kind have an order."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_EPOCH: Final = 10**8
"""In seconds, 1973: smaller numbers are durations or dates such as 20250909, not times."""
FIRST_MILLISECONDS: Final = 10**11
"""Larger numbers are milliseconds; as seconds this would be the year 5138."""
AFTER_LAST: Final = 253_402_300_800_000

_OF_A_MACHINE = re.compile(r"(?:localtime|posixrules|Factory)$|(?:posix|right)/")
LONGEST_ZONE = 100


def as_moment(value: Json) -> Moment | None:
    """A datetime, given as such or parsed from text, aware or naive; a date if the text has no time."""
    exact = as_exact(value)
    return None if exact is None else exact[0]


def as_exact(value: Json) -> Exact | None:
    if type(value) is str:
        return read_moment(value)
    moment = _in_fixed_zone(value) if type(value) is datetime else None
    return None if moment is None else (moment, "")


def as_time(value: Json) -> datetime | None:
    """As a datetime, also from seconds or milliseconds since 1970; a date becomes midnight UTC."""
    moment = as_moment(value)
    if moment is None:
        return _counted(value)
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, UTC)


def as_instant(value: Json) -> datetime | None:
    """A time with a zone; None for one without, and for a date."""
    moment = as_moment(value)
    if moment is None:
        return _counted(value)
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def both_moments(a: Json, b: Json) -> tuple[Exact, Exact] | None:
    """Two times of the same kind, ready to compare; None for anything else."""
    one, other = as_exact(a), as_exact(b)
    if one is None or other is None or kind_of(one[0]) != kind_of(other[0]):
        return None
    return one, other


def kind_of(moment: Moment) -> str:
    if not isinstance(moment, datetime):
        return "date"
    return "time without a zone" if moment.tzinfo is None else "time"


def zone_named(name: Json) -> ZoneInfo | None:
    """None if there is no such zone."""
    return _zone(name) if isinstance(name, str) and 0 < len(name) <= LONGEST_ZONE else None


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The same instant in the zone's local time; None beyond the years 1 and 9999."""
    try:
        return _in_fixed_zone(moment.astimezone(zone))
    except (OverflowError, ValueError):
        return None


def of_zone(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant of a local time in the zone; the earlier one if the time is ambiguous."""
    return _in_fixed_zone(moment.replace(tzinfo=zone))


def _counted(value: Json) -> datetime | None:
    number = as_number(value)
    if number is None or not FIRST_EPOCH <= number < AFTER_LAST:
        return None
    return EPOCH + (timedelta(seconds=number) if number < FIRST_MILLISECONDS else timedelta(milliseconds=number))


def _in_fixed_zone(moment: datetime) -> datetime | None:
    """Python compares two datetimes of the same zone by local time, even across a DST change."""
    if moment.tzinfo is None or type(moment.tzinfo) is timezone:
        return moment
    offset = moment.utcoffset()
    return None if offset is None else moment.replace(tzinfo=timezone(offset), fold=0)


@lru_cache(1_024)
def _zone(name: str) -> ZoneInfo | None:
    """Accepts any text; zoneinfo rejects bad names in several ways. `localtime` and the like are this machine's own."""
    try:
        return None if _OF_A_MACHINE.match(name) else ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None
