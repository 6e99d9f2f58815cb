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

Moment = datetime | date

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_EPOCH: Final = 10**8
"""In seconds, 1973: smaller numbers are durations or dates such as 20250909, not times."""
FIRST_MILLISECONDS: Final = 10**11
"""Larger numbers are milliseconds; as seconds this would be the year 5138."""
AFTER_LAST: Final = 253_402_300_800_000

_MOMENT_LENGTH = 40
_OF_A_MACHINE = re.compile(r"(?:localtime|posixrules|Factory)$|(?:posix|right)/")
LONGEST_ZONE = 100
_MOMENT = re.compile(
    r"\s*(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\s*",
    re.ASCII | re.IGNORECASE,
)


def as_moment(value: Json) -> Moment | None:
    """A datetime, given as such or parsed from text, aware or naive; a date if the text has no time."""
    if type(value) is datetime:
        return _in_fixed_zone(value)
    if type(value) is not str or not 10 <= len(value) <= _MOMENT_LENGTH:
        return None
    found = _MOMENT.fullmatch(value)
    return None if found is None else _read(found)


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


def both_moments(a: Json, b: Json) -> tuple[Moment, Moment] | None:
    """Two times of the same kind, ready to compare; None for anything else."""
    one, other = as_moment(a), as_moment(b)
    if one is None or other is None or kind_of(one) != kind_of(other):
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


def _read(found: re.Match[str]) -> Moment | None:
    day, clock, second, fraction, zone = found.group("day", "clock", "second", "fraction", "zone")
    leaps = second == "60"
    try:
        if clock is None:
            return date.fromisoformat(day)
        written = f"{day}T{clock}:{'59' if leaps else second or '00'}{(fraction or '')[:7]}{_offset(zone)}"
        return datetime.fromisoformat(written) + timedelta(seconds=leaps)
    except (ValueError, OverflowError):  # such as February 31
        return None


def _offset(zone: str | None) -> str:
    return "Z" if zone and zone[0] not in "+-" else zone or ""


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
