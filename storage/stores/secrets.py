"""Settings, and encrypted values."""

from collections.abc import Callable
from functools import partial

from engine.model import HookDefinition, Json
from storage import sqlite
from storage.queries import sealed, settings
from storage.stores.base import SqlBase


class SqlSecrets(SqlBase):
    async def setting(self, name: str) -> Json:
        return await self._read(settings.get, name)

    async def save_setting(self, name: str, value: Json) -> None:
        await self._write(settings.put, name, value)

    async def reseal(
        self, secret: Callable[[str], str], definition: Callable[[HookDefinition], HookDefinition]
    ) -> None:
        for part in sealed.PARTS:
            after: int | None = 0
            while after is not None:
                after = await self._write(sealed.step, part, after, sealed.Renewal(secret, definition))
        await self._in_thread(partial(sqlite.empty_log, self._url))
