"""Parses times as senders write them. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.model import Json

_LEAP_SECOND: Final = re.compile(r"(.{10}T\d\d:\d\d):60(.*)", re.DOTALL)
_EPOCH: Final = re.compile(r"\d{9,13}(?:\.\d{1,9})?", re.ASCII)
_LONGEST: Final = 50
_FROM_HERE_MILLISECONDS: Final = 1e11
"""As seconds, this would be the year 5138."""


def read_time(value: Json) -> datetime | None:
    """Parses RFC 3339 text with an offset, to UTC; None for anything else. A leap second becomes the second after
    it."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.upper()
    leap = _LEAP_SECOND.fullmatch(text)
    try:
        moment = datetime.fromisoformat(f"{leap[1]}:59{leap[2]}" if leap else text)
        if moment.tzinfo is None:
            return None
        return moment.astimezone(UTC) + timedelta(seconds=1 if leap else 0)
    except (ValueError, OverflowError):
        return None


def read_epoch(value: Json) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or a string of digits; None for anything else."""
    if isinstance(value, str) and _EPOCH.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    unit = "milliseconds" if abs(value) >= _FROM_HERE_MILLISECONDS else "seconds"
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(**{unit: value})
    except OverflowError:
        return None
