"""When a hook on a schedule runs: by cron or at an interval, in a time zone; and the event that it runs for. Pure.

Clock changes are handled as in Debian's cron: a skipped time runs right after the gap, a repeated one runs once, and
jobs by the minute or hour follow real time. Intervals always follow real time.
"""

import re
from collections.abc import Iterable, Iterator, Set
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import TypeAdapter, ValidationError

from engine.model import SCHEDULED, Event, Hook, Json, Role, Timetable
from engine.rules.opening_hours import zone_problem

_TIMETABLE = TypeAdapter(Timetable)

MAX_CRON = 100
MOST_LISTED = 12
MAX_MINUTES = 31 * 24 * 60
DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_PLAIN: Final = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\*|1-5|[0-6](?:,[0-6])*)")
_ANY_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LIKE_THIS: Final = 'Five fields: minute, hour, day, month, day of the week; such as "0 9 * * 1-5".'


def next_after(timetable: Timetable, moment: datetime) -> datetime | None:
    """The first time after a given one; None if there is none. `timetable` is valid."""
    return next(_times_after(timetable, moment), None)


def next_times(timetable: Timetable, moment: datetime, count: int) -> tuple[datetime, ...]:
    """In the timetable's zone."""
    zone = ZoneInfo(timetable.timezone)
    times = _times_after(timetable, moment)
    return tuple(found.astimezone(zone) for _, found in zip(range(count), times, strict=False))


def problems(timetable: Timetable) -> Iterator[tuple[str, str]]:
    """By field."""
    zone_is_wrong = zone_problem(timetable.timezone)
    if zone_is_wrong:
        yield "timezone", zone_is_wrong
    if (timetable.every_minutes is None) == (not timetable.cron):
        yield "cron", "Say when: by cron, or every so many minutes."
    elif timetable.every_minutes is not None:
        if not 1 <= timetable.every_minutes <= MAX_MINUTES:
            yield "every_minutes", f"From 1 to {MAX_MINUTES} minutes."
    elif problem := _cron_problem(timetable.cron):
        yield "cron", problem
    elif not zone_is_wrong and next_after(timetable, _ANY_DAY) is None:
        yield "cron", "This never comes."


def in_words(timetable: Timetable) -> str:
    """Such as "Every weekday at 09:00, Europe/Berlin"."""
    return f"{_rhythm(timetable)}, {timetable.timezone}"


def words_of(raw: Json) -> str:
    """For a schedule in the API's shape; empty if it is invalid."""
    try:
        timetable = _TIMETABLE.validate_python(raw)
    except ValidationError:
        return ""
    return "" if dict(problems(timetable)) else in_words(timetable)


def tick(hook: Hook, planned_at: datetime, id: str, now: datetime) -> Event:
    """For that hook only: its id is in the data, so that `index` matches no other."""
    timetable = hook.definition.schedule
    data = {
        "hook_id": hook.id,
        "planned_at": _text(planned_at),
        "fired_at": _text(now),
        "late_seconds": max(0, int((now - planned_at).total_seconds())),
        "schedule": in_words(timetable) if timetable else "",
    }
    return Event(id=id, type=SCHEDULED, role=Role.SYSTEM, occurred_at=planned_at, received_at=now, data=data)


def _times_after(timetable: Timetable, moment: datetime) -> Iterator[datetime]:
    if timetable.every_minutes is not None:
        return _at_intervals(timetable.every_minutes, ZoneInfo(timetable.timezone), moment)
    return _by_cron(timetable.cron, ZoneInfo(timetable.timezone), moment)


def _at_intervals(minutes: int, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Counted from midnight of a Monday long ago, so that they do not depend on when the hook was saved."""
    first, step = datetime(2000, 1, 3, tzinfo=zone).astimezone(UTC), timedelta(minutes=minutes)
    count = (moment - first) // step
    while True:
        count += 1
        yield first + count * step


def _by_cron(cron: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """For a repeated hour, cronsim counts from its first occurrence: times up to the given one are dropped."""
    found = (one.astimezone(UTC) for one in CronSim(cron, moment.astimezone(zone)))
    return (one for one in found if one > moment)


def _cron_problem(cron: str) -> str | None:
    if len(cron) > MAX_CRON or len(cron.split()) != 5:
        return _LIKE_THIS
    try:
        CronSim(cron, _ANY_DAY)
    except CronSimError as error:
        return f"{str(error).replace('Bad', 'This is no')}. {_LIKE_THIS}"
    return None


def _rhythm(timetable: Timetable) -> str:
    if timetable.every_minutes is not None:
        hours, minutes = divmod(timetable.every_minutes, 60)
        count, unit = (timetable.every_minutes, "minute") if minutes else (hours, "hour")
        return f"Every {unit}" if count == 1 else f"Every {count} {unit}s"
    cron = _plainer(timetable.cron)
    plain = _PLAIN.fullmatch(cron)
    if plain is None:
        return CronSim(cron, _ANY_DAY).explain().rstrip(".")
    minute, hour, days = plain.groups()
    return f"Every {_days(days)} at {int(hour):02}:{int(minute):02}"


def _plainer(cron: str) -> str:
    """An equivalent whose description is exact: `*/90` is minute 0, since there is no minute 90; Sunday is listed
    once."""
    read: Any = CronSim(cron, _ANY_DAY)
    *times, weekdays = cron.split()
    found = (read.minutes, read.hours, read.days, read.months)
    fields = [_plainer_field(*one) for one in zip(times, found, (60, 24, None, 12), strict=True)]
    days = read.weekdays
    if ("," in weekdays or "/" in weekdays) and all(isinstance(day, int) for day in days):
        weekdays = _listed(day % 7 for day in days)
    return " ".join((*fields, weekdays))


def _plainer_field(field: str, values: Set[int], whole: int | None) -> str:
    """An uneven step is replaced by its values, if there are few."""
    if "/" not in field or len(values) > MOST_LISTED:
        return field
    *_, step = field.partition("*/")
    even = step.isdigit() and (whole is None or whole % int(step) == 0)
    return field if even and len(values) > 1 else _listed(values)


def _listed(values: Iterable[int]) -> str:
    return ",".join(map(str, sorted(set(values))))


def _days(days: str) -> str:
    if days in {"*", "1-5"}:
        return "day" if days == "*" else "weekday"
    names = [DAYS[int(day)] for day in sorted(set(days.split(",")), key=lambda day: (day == "0", day))]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
