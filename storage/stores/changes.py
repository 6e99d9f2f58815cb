"""Changes by internal actions."""

from collections.abc import Sequence
from datetime import datetime

from engine.model import Change, Effects
from engine.ports import Performed
from storage.queries import effects as inner
from storage.stores.base import SqlBase


class SqlEffects(SqlBase):
    async def perform(self, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
        return await self._write(inner.perform, execution_id, action, effects, at)

    async def make(self, changes: Sequence[Change], at: datetime) -> Performed:
        return await self._write(inner.make, changes, at)
