"""Metrics and their limits."""

from collections.abc import Sequence
from datetime import datetime

from engine.model.metrics import Bucket, SavedLimit, Series, Standing, Window
from storage.queries import metrics
from storage.stores.base import SqlBase


class SqlMetrics(SqlBase):
    async def series(self) -> list[Series]:
        return await self._read(metrics.all_series)

    async def buckets(self, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
        return await self._read(metrics.buckets, series_ids, window, now)

    async def over(self, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
        return await self._read(metrics.over, metric, minutes, now)

    async def metric_limits(self) -> list[SavedLimit]:
        return await self._read(metrics.limits)

    async def save_metric_limit(self, saved: SavedLimit) -> SavedLimit:
        return await self._write(metrics.save_limit, saved)

    async def delete_metric_limit(self, limit_id: int) -> None:
        await self._write(metrics.delete_limit, limit_id)

    async def standings(self) -> list[Standing]:
        return await self._read(metrics.standings)
