"""Executions."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta

from engine.model import Chain, Event, Execution, Hook, Job, Page
from engine.ports import DecidedEvent, ExecutionQuery, Progress, Runs, RunsQuery
from storage.queries.executions import outdated, pages, path, runs, search, waiting
from storage.queries.executions.chains import chain
from storage.stores.base import SqlBase
from storage.texts import asked


class SqlExecutions(SqlBase):
    async def decide(self, decided: Sequence[DecidedEvent]) -> None:
        await self._writer.submit(path.decide, decided)

    async def add_test(self, event: Event, execution: Execution) -> None:
        await self._writer.submit(path.add_test, (event, execution))

    async def add_execution(self, execution: Execution) -> None:
        await self._writer.submit(path.add, execution)

    async def start(self, progress: Progress) -> None:
        await self._writer.submit(path.start, progress)

    async def record(self, progress: Progress) -> None:
        await self._writer.submit(path.record, progress)

    async def cancel(self, execution: Execution) -> None:
        await self._writer.submit(path.cancel, execution)

    async def runs(self, queries: Sequence[RunsQuery]) -> list[Runs]:
        return await self._read(runs.runs, queries)

    async def held(self, now: datetime, limit: int) -> list[Job]:
        return await self._read(waiting.held, now, limit)

    async def waiting_behind(self, hook: Hook) -> int:
        return await self._read(outdated.count, hook)

    async def move_waiting(self, hook: Hook) -> int:
        return await self._write(outdated.move, hook)

    async def release(self, execution_ids: Sequence[str]) -> list[str]:
        return await self._write(waiting.release, execution_ids)

    async def unpark(self, versions: Sequence[tuple[str, int]]) -> list[str]:
        return await self._write(waiting.unpark, versions)

    async def waiting_of(self, hook_id: int, most: int) -> int:
        return await self._read(waiting.waiting_of, hook_id, most)

    async def has_parked(self, hook_id: int) -> bool:
        return await self._read(waiting.has_parked, hook_id)

    async def put_back(self) -> None:
        await self._write(waiting.put_back)

    async def pending(self, hook_id: int, limit: int, without: Set[str], *, bulk: bool = False) -> list[Job]:
        return await self._read(waiting.pending, hook_id, limit, without, bulk=bulk)

    async def hooks_with_pending(self) -> list[int]:
        return await self._read(waiting.hooks_with_pending)

    async def first_in_line(self, hook_id: int, entity: str) -> Job | None:
        return await self._read(waiting.first_in_line, hook_id, entity)

    async def due(self, hook_id: int, now: datetime, limit: int, without: Set[str]) -> list[Job]:
        return await self._read(waiting.due, hook_id, now, limit, without)

    async def hooks_with_due(self, now: datetime) -> list[int]:
        return await self._read(waiting.hooks_with_due, now)

    async def advance_due(self, by: timedelta) -> None:
        await self._write(waiting.advance_due, by)

    async def newest_execution(self) -> tuple[str, datetime] | None:
        return await self._read(pages.newest)

    async def backlog(self) -> int:
        return await self._read(waiting.backlog)

    async def count_undecided(self) -> int:
        return await self._read(waiting.undecided)

    async def executions(self, query: ExecutionQuery) -> Page[Execution]:
        if wanted := asked(query.text):
            return await self._read(search.page, query, wanted)
        return await self._read(pages.page, query)

    async def chain(self, execution_id: str, most: int) -> Chain:
        return await self._read(chain, execution_id, most)

    async def execution(self, execution_id: str) -> Job:
        return await self._read(pages.one, execution_id)
