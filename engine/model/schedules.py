"""Hooks that run by the clock."""

from dataclasses import dataclass
from typing import Final

from pydantic import with_config

SCHEDULED: Final = "schedule.due"
"""The type of the events that the clock makes for hooks on a schedule, each for one hook alone."""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a hook on a schedule runs: by `cron` (five fields), or `every_minutes`. `timezone` is a name of IANA's."""

    cron: str = ""
    every_minutes: int | None = None
    timezone: str = "UTC"
