"""Times as senders write them, to UTC. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.model import Json
from engine.model.text.times import read_moment

_EPOCH: Final = re.compile(r"\d{9,13}(?:\.\d{1,9})?", re.ASCII)
_FROM_HERE_MILLISECONDS: Final = 1e11
"""As seconds, this would be the year 5138."""


def read_time(value: Json) -> datetime | None:
    """Parses text with an offset, in any spelling that conditions read; None for anything else."""
    found = read_moment(value) if isinstance(value, str) else None
    if found is None or not isinstance(found[0], datetime) or found[0].tzinfo is None:
        return None
    try:
        return found[0].astimezone(UTC)
    except OverflowError:
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
