"""API keys."""

from collections.abc import Mapping
from datetime import datetime

from engine.model import ApiKey, KeySettings, Page
from storage.queries import keys
from storage.stores.base import SqlBase


class SqlKeys(SqlBase):
    async def add_key(self, key: ApiKey, key_hash: bytes) -> ApiKey:
        return await self._write(keys.add, key, key_hash)

    async def key(self, key_id: int) -> ApiKey:
        return await self._read(keys.one, key_id)

    async def key_by_hash(self, key_hash: bytes) -> ApiKey | None:
        return await self._read(keys.by_hash, key_hash)

    async def keys(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        return await self._read(keys.page, limit, cursor)

    async def change_key(self, key_id: int, settings: KeySettings) -> None:
        await self._write(keys.change, key_id, settings)

    async def roll_key(self, old_id: int, key: ApiKey, key_hash: bytes, *, until: datetime) -> ApiKey:
        return await self._write(keys.roll, old_id, key, key_hash, until)

    async def revoke_key(self, key_id: int, at: datetime) -> None:
        await self._write(keys.revoke, key_id, at)

    async def touch_keys(self, used: Mapping[int, tuple[datetime, str]]) -> None:
        await self._write(keys.touch, used)
