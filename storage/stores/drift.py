"""The fields of what sources send, by hour, and those that have changed."""

from collections.abc import Sequence

from engine.model.sources.drift import Drift, FieldHour
from storage.queries.sources import drift as queries
from storage.stores.base import SqlBase


class SqlDrift(SqlBase):
    async def field_hours(self, source_id: int, type: str, since: int) -> list[FieldHour]:
        return await self._read(queries.hours, source_id, type, since)

    async def save_field_hours(self, hours: Sequence[FieldHour], oldest: int) -> None:
        await self._write(queries.save_hours, hours, oldest)

    async def drifts(self) -> list[Drift]:
        return await self._read(queries.ongoing)

    async def add_drift(self, drift: Drift) -> Drift:
        return await self._write(queries.add, drift)

    async def change_drift(self, drift: Drift) -> None:
        await self._write(queries.change, drift)
