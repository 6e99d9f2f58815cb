"""Times of appointments, in UTC as RFC 3339. Pure."""

from engine.events.times import read_time
from engine.model import Json


def utc(value: Json) -> str | None:
    moment = read_time(value)
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def between(earlier: Json, later: Json) -> float | None:
    """Hours, to a hundredth; nothing below zero."""
    first, second = read_time(earlier), read_time(later)
    return round(max(0.0, (second - first).total_seconds()) / 3_600, 2) if first and second else None
