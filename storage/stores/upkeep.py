"""Settings of lanes, the health of hooks, and taking away what is old."""

import asyncio
from datetime import datetime

from engine.model import DiskUse, HookHealth, HookType, LaneSettings
from storage import sqlite
from storage.queries import hook_stats, lanes, metrics, upkeep
from storage.stores.base import SqlBase


class SqlUpkeep(SqlBase):
    async def lane_settings(self) -> dict[HookType, LaneSettings]:
        return await self._read(lanes.lane_settings)

    async def save_lane(self, type: HookType, settings: LaneSettings) -> None:
        await self._write(lanes.save_lane, type, settings)

    async def hook_health(self) -> dict[int, HookHealth]:
        return await self._read(hook_stats.health)

    async def save_health(self, hook_id: int, health: HookHealth) -> None:
        await self._write(hook_stats.save_health, hook_id, health)

    async def forget(
        self, before: datetime, failed_before: datetime, after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        """What may go is looked for beside the writer, which then takes away no more than that."""
        going, empty = await self._read(upkeep.old, before, failed_before, after, limit)
        if not going and not empty:
            return None
        await self._write(upkeep.take_away, going, empty)
        return (going[-1][0] if going else after[0], empty[-1] if empty else after[1])

    async def tidy(self, before: datetime, now: datetime) -> None:
        await self._write(upkeep.tidy, before, now)

    async def forget_metrics(self, now: datetime, before: datetime) -> None:
        await self._write(metrics.forget, now, before)

    async def disk_use(self) -> DiskUse:
        return await asyncio.to_thread(sqlite.disk_use, self._url)
