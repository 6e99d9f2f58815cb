"""Tasks and their planned events."""

from collections.abc import Sequence, Set
from datetime import datetime

from engine.model import Event, Page, Plan, Task
from engine.ports import Accepted, Due, Firing, TaskQuery
from storage.queries import plans, tasks
from storage.stores.base import SqlBase


class SqlTasks(SqlBase):
    async def add_task(self, task: Task, plans: Sequence[Plan], event: Event) -> Accepted | None:
        return await self._write(tasks.add, task, plans, event)

    async def save_task(self, task: Task, plans: Sequence[Plan], deleted_at: datetime | None = None) -> None:
        await self._write(tasks.save, task, plans, deleted_at)

    async def task(self, task_id: str, *, deleted: bool = False) -> Task:
        return await self._read(tasks.one, task_id, deleted=deleted)

    async def tasks(self, query: TaskQuery) -> Page[Task]:
        return await self._read(tasks.page, query)

    async def task_people(self, limit: int) -> list[str]:
        return await self._read(tasks.people, limit)


class SqlPlans(SqlBase):
    async def due_plans(self, now: datetime, limit: int, without: Set[int]) -> list[Due]:
        return await self._read(plans.due, now, limit, without)

    async def fire(self, firings: Sequence[Firing]) -> list[Accepted | None]:
        return await self._write(plans.fire, firings)
