"""Times in conditions: differences, and local times and calendar dates in a zone. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from engine.expressions.moments import Moment, as_instant, as_moment, as_time, in_zone, of_zone
from engine.model import Day, Json

DAY_SECONDS: Final = 86_400
_DAYS: Final = tuple(day.value for day in Day)


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a function has no result, as the end of a sentence."""

    words: str


NO_ZONE: Final = Lack('the time has no zone; time(x, "Europe/Berlin") gives it one')
NO_ZONE_OF_TWO: Final = Lack('one of the times has no zone; time(x, "Europe/Berlin") gives it one')
OUT_OF_RANGE: Final = Lack("it would lie outside of the years 1 to 9999")


def as_day(value: Json) -> Moment | None:
    """A time, or a date without a time."""
    moment = as_moment(value)
    return moment if isinstance(moment, date) and not isinstance(moment, datetime) else as_instant(value)


def seconds_between(start: datetime, end: datetime) -> float | Lack:
    if (start.tzinfo is None) is not (end.tzinfo is None):
        return NO_ZONE_OF_TWO
    return (end - start).total_seconds()


def days_between(start: datetime, end: datetime) -> float | Lack:
    seconds = seconds_between(start, end)
    return seconds if isinstance(seconds, Lack) else seconds / DAY_SECONDS


def to_time(moment: Moment, zone: ZoneInfo | None = None) -> datetime | Lack:
    """`zone` applies to times and dates without one."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment
    if zone is None:
        return NO_ZONE
    clock = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min)
    return of_zone(clock, zone) or OUT_OF_RANGE


def any_moment(value: Json) -> Moment | None:
    moment = as_moment(value)
    return as_time(value) if moment is None else moment


def hour(instant: datetime, zone: ZoneInfo) -> int | Lack:
    local = in_zone(instant, zone)
    return OUT_OF_RANGE if local is None else local.hour


def weekday(day: Moment, zone: ZoneInfo) -> str | Lack:
    """A date's weekday is the same in every zone."""
    local = in_zone(day, zone) if isinstance(day, datetime) else day
    return OUT_OF_RANGE if local is None else _DAYS[local.weekday()]


def local_time(instant: datetime, zone: ZoneInfo) -> datetime | Lack:
    return in_zone(instant, zone) or OUT_OF_RANGE
