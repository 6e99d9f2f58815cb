"""Hooks on a schedule."""

from dataclasses import dataclass
from typing import Final

from pydantic import with_config

SCHEDULED: Final = "schedule.due"
"""The type of the events that the clock emits for hooks on a schedule, each for a single hook."""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A schedule: `cron` (five fields), or `every_minutes`. `timezone` is an IANA name."""

    cron: str = ""
    every_minutes: int | None = None
    timezone: str = "UTC"
