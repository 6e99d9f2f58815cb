"""Series of what was measured, and their limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model.metrics import Bucket, SavedLimit, Series, Standing, Window


class MetricStore(Protocol):
    async def series(self) -> list[Series]:
        """By metric and label."""
        ...

    async def buckets(self, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
        """Those with anything in them, oldest first, by the id of their series."""
        ...

    async def over(self, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
        """All of the last so many minutes, by the id of the series; without those that have nothing."""
        ...

    async def metric_limits(self) -> list[SavedLimit]: ...

    async def save_metric_limit(self, saved: SavedLimit) -> SavedLimit:
        """A new one, with the id 0, or in the place of one; nothing stands against it then. Raises NotFound."""
        ...

    async def delete_metric_limit(self, limit_id: int) -> None:
        """Raises NotFound."""
        ...

    async def standings(self) -> list[Standing]: ...
