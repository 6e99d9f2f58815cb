"""Settings of lanes, the health of hooks, and taking away what is old."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from engine.model import DiskUse, HookHealth, HookType, LaneSettings


class Old(StrEnum):
    """What goes when it is old, in this order: events once no execution of them is left."""

    HOOK_HOURS = "hook_hours"
    SOURCE_HOURS = "source_hours"
    SOURCE_BODIES = "source_bodies"
    NOTICES = "notices"
    TASKS = "tasks"
    SESSIONS = "sessions"
    METRIC_MINUTES = "metric_minutes"
    METRIC_HOURS = "metric_hours"
    METRIC_SERIES = "metric_series"
    EXECUTIONS = "executions"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What was made before `before` is old, what failed before `failed_before`.

    Each row is asked for its own time. Unless `thorough`, it is only looked at where old ones are expected.
    """

    now: datetime
    before: datetime
    failed_before: datetime
    thorough: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A step: where the next one begins, how many rows went, and for how many seconds the writer was busy."""

    place: int
    count: int
    seconds: float


class Upkeep(Protocol):
    async def lane_settings(self) -> dict[HookType, LaneSettings]:
        """Of the lanes that were ever changed."""
        ...

    async def save_lane(self, type: HookType, settings: LaneSettings) -> None: ...

    async def hook_health(self) -> dict[int, HookHealth]:
        """By hook id; a healthy one may be absent."""
        ...

    async def save_health(self, hook_id: int, health: HookHealth) -> None: ...

    async def forget(self, kind: Old, bounds: Bounds, after: int) -> Forgotten | None:
        """Takes away as many as the writer can within a few milliseconds, behind a place (0 at first); None at the end.

        What is not finished stays.
        """
        ...

    async def check_files(self) -> None:
        """Raises StoreUnavailable where what was opened is no longer in its place, or the disk cannot be relied on."""
        ...

    async def shrink_log(self) -> None:
        """Gives back what a log took that has grown beyond its usual size, where nobody uses it just now."""
        ...

    async def disk_use(self) -> DiskUse: ...
