"""Replays."""

from collections.abc import Sequence, Set
from datetime import datetime

from engine.model import Execution, Job, Replay, ReplayQuery
from engine.ports import Recorded
from storage.queries import replays
from storage.stores.base import SqlBase


class SqlReplays(SqlBase):
    async def last_seq(self, query: ReplayQuery) -> int:
        return await self._read(replays.last_seq, query)

    async def count_pairs(self, query: ReplayQuery, last: int, hooks: Set[int]) -> int:
        return await self._read(replays.count_pairs, query, last, hooks)

    async def pairs(
        self, query: ReplayQuery, after: int, last: int, hooks: Set[int], limit: int
    ) -> list[tuple[int, Job]]:
        return await self._read(replays.pairs, query, after, last, hooks, limit)

    async def passed(self, query: ReplayQuery, trigger: str, after: int, last: int, limit: int) -> list[Recorded]:
        return await self._read(replays.passed, query, trigger, after, last, limit)

    async def add_replay(self, replay: Replay) -> Replay:
        return await self._write(replays.add, replay)

    async def step_replay(self, replay: Replay, executions: Sequence[Execution]) -> bool:
        return await self._writer.submit(replays.step, (replay, executions))

    async def stop_replay(self, replay_id: int, at: datetime) -> Replay:
        return await self._write(replays.stop, replay_id, at)

    async def replay(self, replay_id: int) -> Replay:
        return await self._read(replays.one, replay_id)

    async def replays(self, limit: int) -> list[Replay]:
        return await self._read(replays.newest, limit)
