"""Timers of scheduled hooks."""

from collections.abc import Sequence
from datetime import datetime

from engine.ports import Accepted, Timer, TimerRun
from storage.queries import timers
from storage.stores.base import SqlBase


class SqlTimers(SqlBase):
    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        return await self._read(timers.due, now, limit)

    async def run_timers(self, runs: Sequence[TimerRun]) -> list[Accepted | None]:
        return await self._write(timers.run, runs)

    async def timers(self) -> list[Timer]:
        return await self._read(timers.all_timers)
