"""Active hours: whether they are open, when they open next, and their description. Pure.

They follow local time: if the clock skips the opening, they open at the jump; if it is set back, a repeated hour is
open twice. Hours that are skipped completely keep their length, starting at the jump.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from engine.expressions.moments import LONGEST_ZONE, zone_named
from engine.model import Day, Hours, Json
from engine.model.labels import LABELS

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAYS = tuple(Day)


@lru_cache
def zone_names() -> tuple[str, ...]:
    """In alphabetical order."""
    names = resources.files("tzdata").joinpath("zones").read_text().split()
    return tuple(sorted(name for name in names if zone_named(name)))


def zone_of(hours: Hours, data: Mapping[str, Json]) -> ZoneInfo:
    """The zone that the hours are in for an event with that data."""
    own = zone_named(data.get("timezone")) if hours.contact_zone else None
    return own or zone_named(hours.zone) or ZoneInfo("UTC")


def is_open(hours: Hours, at: datetime, zone: ZoneInfo) -> bool:
    local = _local(at, zone)
    opens, closes = time.fromisoformat(hours.opens), time.fromisoformat(hours.closes)
    for day in (local.date(), local.date() - _DAY):
        start = datetime.combine(day, opens)
        end = datetime.combine(day + (_DAY if closes <= opens else timedelta()), closes)
        if _DAYS[day.weekday()] in hours.days and (start <= local < end or _open_after_jump(start, end, at, zone)):
            return True
    return False


def _open_after_jump(start: datetime, end: datetime, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock skips these hours completely, and `at` is within their length after the jump."""
    if not (_is_skipped(start, zone) and _is_skipped(end - _SECOND, zone)):
        return False
    jump = _change_of_clocks(start.replace(tzinfo=zone, fold=1), start.replace(tzinfo=zone), zone)
    return jump is not None and jump <= at < jump + (end - start)


def _is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    return _local(local.replace(tzinfo=zone).astimezone(UTC), zone) != local


def next_opening(hours: Hours, at: datetime, zone: ZoneInfo) -> datetime:
    """The first time from `at` on that is within the hours; `at` itself if it is."""
    moment = at
    while not is_open(hours, moment, zone):
        local = _local(moment, zone)
        opening = moment + (_opening_after(hours, local) - local)
        moment = _change_of_clocks(moment, opening, zone) or opening
    return moment


def why_held(hours: Hours, until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "Held until 09:00 (Europe/Berlin): active hours are Mon–Fri, 09:00–17:00."."""
    opening = _local(until, zone)
    same_day = opening.date() == _local(now, zone).date()
    shown = f"{opening:%H:%M}" if same_day else f"{LABELS[_DAYS[opening.weekday()]]} {opening:%Y-%m-%d, %H:%M}"
    return f"Held until {shown} ({zone.key}): active hours are {in_words(hours)}."


def in_words(hours: Hours) -> str:
    """ "Mon–Fri, 09:00–17:00"."""
    clock = "all day" if hours.opens == hours.closes else f"{hours.opens}–{hours.closes}"
    return f"{_days_in_words(hours.days)}, {clock}"


def problems(hours: Hours) -> Iterator[tuple[str, str]]:
    """By field."""
    if not hours.days:
        yield "days", "Choose at least one day."
    for place, text in (("opens", hours.opens), ("closes", hours.closes)):
        if not _CLOCK.fullmatch(text):
            yield place, "A time is hours and minutes, such as 09:00."
    if problem := zone_problem(hours.zone):
        yield "zone", problem


def zone_problem(name: str) -> str | None:
    """What is wrong with the name of a time zone; None if it is valid."""
    if zone_named(name) is not None:
        return None
    name = name[:LONGEST_ZONE]
    near = get_close_matches(name, zone_names(), n=1)
    hint = f"Did you mean {near[0]}?" if near else "Give a name such as Europe/Berlin."
    return f'No time zone is called "{name}". {hint}'


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """The local time."""
    return at.astimezone(zone).replace(tzinfo=None)


def _opening_after(hours: Hours, local: datetime) -> datetime:
    """Assumes that the clocks do not change."""
    opens = time.fromisoformat(hours.opens)
    days = (local.date() + number * _DAY for number in range(9))
    starts = (datetime.combine(day, opens) for day in days if _DAYS[day.weekday()] in hours.days)
    return next(start for start in starts if start > local)


def _change_of_clocks(after: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """The second of a clock change between two times; None if their UTC offset is the same."""
    start, until = after.astimezone(UTC).replace(microsecond=0), until.astimezone(UTC)

    def offset(seconds: int) -> timedelta | None:
        return (start + seconds * _SECOND).astimezone(zone).utcoffset()

    low, high = 0, -(-(until - start) // _SECOND)
    if offset(low) == offset(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == offset(0) else (low, middle)
    return start + high * _SECOND


def _days_in_words(days: tuple[Day, ...]) -> str:
    """ "Mon–Fri", "Mon, Wed", "every day"."""
    numbers = [number for number, day in enumerate(_DAYS) if day in days]
    if len(numbers) == len(_DAYS):
        return "every day"
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    return ", ".join(_stretch(stretch) for stretch in stretches)


def _stretch(numbers: list[int]) -> str:
    names = [LABELS[_DAYS[number]] for number in numbers]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)
