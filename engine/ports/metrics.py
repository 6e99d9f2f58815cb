"""Metric series and their alert limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model.metrics import Bucket, SavedLimit, Series, Standing, Window


class MetricStore(Protocol):
    async def series(self) -> list[Series]:
        """By metric and label."""
        ...

    async def buckets(self, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
        """The non-empty ones, oldest first, by the id of their series."""
        ...

    async def over(self, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
        """The total over the last so many minutes, by the id of the series; empty series are omitted."""
        ...

    async def metric_limits(self) -> list[SavedLimit]: ...

    async def save_metric_limit(self, saved: SavedLimit) -> SavedLimit:
        """Creates a limit (id 0), or replaces one, which resets its standings. Raises NotFound."""
        ...

    async def delete_metric_limit(self, limit_id: int) -> None:
        """Raises NotFound."""
        ...

    async def standings(self) -> list[Standing]: ...
