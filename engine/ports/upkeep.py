"""Settings of lanes, the health of hooks, and taking away what is old."""

from datetime import datetime
from typing import Protocol

from engine.model import DiskUse, HookHealth, HookType, LaneSettings


class Upkeep(Protocol):
    async def lane_settings(self) -> dict[HookType, LaneSettings]:
        """Of the lanes that were ever changed."""
        ...

    async def save_lane(self, type: HookType, settings: LaneSettings) -> None: ...

    async def hook_health(self) -> dict[int, HookHealth]:
        """By hook id; a healthy one may be absent."""
        ...

    async def save_health(self, hook_id: int, health: HookHealth) -> None: ...

    async def forget(
        self, before: datetime, failed_before: datetime, after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        """Takes away up to `limit` executions that ended and were made before a moment (failed ones: another), and then
        events without any left. Gives where to go on, None where there is nothing more; begins `after` (0, 0)."""
        ...

    async def tidy(self, before: datetime, now: datetime) -> None:
        """Takes away statistics, notices, tasks done or deleted before a moment, and sessions that are over."""
        ...

    async def forget_metrics(self, now: datetime, before: datetime) -> None:
        """Takes away minutes that no plot asks for any more, and hours from before a moment."""
        ...

    async def disk_use(self) -> DiskUse: ...
