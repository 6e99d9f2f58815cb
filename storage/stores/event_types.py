"""Event types that a team added."""

from engine.model.event_types import OwnType
from storage.queries import event_types
from storage.stores.base import SqlBase


class SqlEventTypes(SqlBase):
    async def event_types(self) -> list[OwnType]:
        return await self._read(event_types.every)

    async def save_event_type(self, own: OwnType) -> None:
        await self._write(event_types.save, own)

    async def delete_event_type(self, name: str) -> None:
        await self._write(event_types.remove, name)
