"""The one place where times are spelled: ISO 8601 with RFC 3339, and the dates of e-mail and HTTP. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Final

SHORTEST: Final = 10
LONGEST: Final = 50

_CLOCK: Final = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_ISO: Final = re.compile(
    r"\s*(?P<day>\d{4}-\d\d-\d\d|\d{4}-W\d\d-\d|\d{8}(?=T)|\d{4}W\d{3}(?=T))"
    r"(?:(?P<between>[T _])(?P<clock>(?P<hour>\d\d)(?::?(?P<minute>\d\d)"
    r"(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?)"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_WEEKDAY: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}"
_MAIL: Final = re.compile(
    rf"\s*(?:{_WEEKDAY} ?, ?)?(?P<day>\d\d?)(?P<dash>[ -])(?P<month>[a-z]{{3}})(?P=dash)(?P<year>\d{{4}}|\d\d)"
    rf" {_CLOCK}(?: ?(?P<zone>[+-]\d{{4}}|[a-z]{{1,3}})(?: ?\([^()]*\))?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_OF_C: Final = re.compile(
    rf"\s*{_WEEKDAY} (?P<month>[a-z]{{3}}) {{1,2}}(?P<day>\d\d?) {_CLOCK} (?P<year>\d{{4}})(?P<zone>)\s*",
    re.ASCII | re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    **dict.fromkeys(("z", "ut", "utc", "gmt"), "Z"),
    "edt": "-0400",
    "est": "-0500",
    "cdt": "-0500",
    "cst": "-0600",
    "mdt": "-0600",
    "mst": "-0700",
    "pdt": "-0700",
    "pst": "-0800",
}
_NEXT_CENTURY: Final = 70
"""Years of two digits below this are in the 2000s."""


def read_moment(text: str) -> tuple[datetime | date, str] | None:
    """A time, aware or naive, or a date alone, with the digits of its fraction beyond microseconds; None for any other
    text.

    24:00 is midnight of the next day, and a leap second the second after it.
    """
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    try:
        if found := _ISO.fullmatch(text):
            return _iso(found)
        if ":" in text and (found := _MAIL.fullmatch(text) or _OF_C.fullmatch(text)):
            return _mail(found), ""
    except (LookupError, ValueError, OverflowError):  # such as February 31
        return None
    return None


def _iso(found: re.Match[str]) -> tuple[datetime | date, str] | None:
    day, between, clock, fraction = found.group("day", "between", "clock", "fraction")
    if clock is None:
        return date.fromisoformat(day), ""
    if (between not in "Tt" and ":" not in clock) or not (found["minute"] or found["zone"]):
        return None
    digits = fraction or ""
    return _joined(date.fromisoformat(day), found, digits[:6]), digits[6:].rstrip("0")


def _mail(found: re.Match[str]) -> datetime:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < _NEXT_CENTURY else 1900
    return _joined(date(year, _MONTHS.index(found["month"].lower()) + 1, int(found["day"])), found, "")


def _joined(day: date, found: re.Match[str], microseconds: str) -> datetime:
    hour, minute, second = found["hour"], found["minute"] or "00", found["second"] or "00"
    ends = hour == "24" and not (minute + second + microseconds).strip("0")
    leaps = second == "60"
    clock = f"{'00' if ends else hour}:{minute}:{'59' if leaps else second}.{microseconds:0<6}"
    written = f"{day.isoformat()}T{clock}{_offset(found['zone'] or '')}"
    return datetime.fromisoformat(written) + timedelta(days=ends, seconds=leaps)


def _offset(zone: str) -> str:
    """Raises KeyError for a name that stands for no zone."""
    return zone if zone[:1] in "+-" else _ZONES[zone.lower()]
