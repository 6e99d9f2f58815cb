"""Settings of lanes, the health of hooks, and taking away what is old."""

import asyncio

from engine.model import DiskUse, HookHealth, HookType, LaneSettings
from engine.ports import Bounds, Forgotten, Old
from storage import sqlite
from storage.queries import hook_stats, lanes, upkeep
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

    async def forget(self, kind: Old, bounds: Bounds, after: int) -> Forgotten | None:
        """What may go is looked for beside the writer, which then takes away no more than that."""
        pace = self._pace(kind)
        found = await self._read(upkeep.find, kind, bounds, after, pace.size)
        if found is None:
            return None
        count, seconds = 0, 0.0
        if found.rows:
            count, seconds = await self._write_timed(upkeep.take_away, kind, bounds, found.rows)
            pace.took(len(found.rows), seconds)
        return Forgotten(place=found.place, count=count, seconds=seconds)

    async def check_files(self) -> None:
        await asyncio.to_thread(self._writer.check)

    async def shrink_log(self) -> None:
        await asyncio.to_thread(sqlite.shrink_log, self._url)

    async def disk_use(self) -> DiskUse:
        return await asyncio.to_thread(sqlite.disk_use, self._url)
