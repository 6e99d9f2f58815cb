"""Commands on tasks: check permission, validate, store with plans, notify the pipeline and subscribers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.errors import InvalidTask
from engine.model import OUTSIDE, Actor, Json, Origin, Page, Task, TaskState
from engine.ports import Performed, TaskQuery, TaskStore
from engine.process.announcer import Announcer
from engine.process.changes import Changes
from engine.process.ids import Ids
from engine.tasks.definition import created_event, plans_of, read_task, write_task

MOST_PEOPLE = 200


class Tasks:
    def __init__(
        self,
        *,
        store: TaskStore,
        changes: Changes,
        audit: Audit,
        ids: Ids,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._performed, self._audit, self._ids, self._now = store, changes, audit, ids, now
        self._one_at_a_time = asyncio.Lock()
        self._changes = Announcer[[]]("the tasks")

    async def list(self, query: TaskQuery) -> Page[Task]:
        """Raises InvalidQuery."""
        return await self._store.tasks(query)

    async def get(self, task_id: str) -> Task:
        """Raises NotFound."""
        return await self._store.task(task_id)

    async def people(self) -> "list[str]":
        """The people that open tasks are assigned to."""
        return await self._store.task_people(MOST_PEOPLE)

    async def add(self, raw: Mapping[str, Json], *, actor: Actor, origin: Origin = OUTSIDE) -> Task:
        """Raises NotAllowed, InvalidTask."""
        require(actor, Permission.MANAGE_TASKS)
        definition, at = read_task(raw), self._now()
        task = Task(
            id=self._ids.new("task"),
            definition=definition,
            created_at=at,
            created_by=actor.name,
            updated_at=at,
            chain=origin.chain,
            test=origin.test,
        )
        event = created_event(task, self._ids.new("evt"))
        accepted = await self._store.add_task(task, plans_of(task), event)
        if accepted:
            self._performed.tell(Performed(answer=None, events=(accepted,)))
        await self._audit.note(actor, "task.created", _named(task), after=write_task(definition))
        self.changed()
        return task

    async def change(self, task_id: str, raw: Mapping[str, Json], *, actor: Actor, origin: Origin = OUTSIDE) -> Task:
        """Sets the fields in `raw`, and with `state` whether it is done. Plans that change are withdrawn and
        rescheduled, and continue the chain of the change. Raises NotAllowed, NotFound, InvalidTask."""
        require(actor, Permission.MANAGE_TASKS)
        async with self._one_at_a_time:
            before = await self._store.task(task_id)
            at = self._now()
            after = replace(before, definition=read_task(raw, before.definition))
            after = _in_state(after, raw.get("state", before.state), actor, at)
            if after == before:
                return before
            after = replace(after, updated_at=at, chain=origin.chain)
            await self._store.save_task(after, plans_of(after))
        old, new = _audited(before), _audited(after)
        changed = [name for name in new if old[name] != new[name]]
        await self._audit.note(
            actor,
            "task.changed",
            _named(after),
            before={name: old[name] for name in changed},
            after={name: new[name] for name in changed},
        )
        self.changed()
        return after

    async def delete(self, task_id: str, *, actor: Actor) -> Task:
        """Returns what was deleted; its plans are withdrawn. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_TASKS)
        async with self._one_at_a_time:
            task = await self._store.task(task_id)
            await self._store.save_task(task, (), deleted_at=self._now())
        await self._audit.note(actor, "task.deleted", _named(task))
        self.changed()
        return task

    async def restore(self, task_id: str, *, actor: Actor) -> Task:
        """Undoes a delete. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_TASKS)
        async with self._one_at_a_time:
            task = await self._store.task(task_id, deleted=True)
            await self._store.save_task(task, plans_of(task))
        await self._audit.note(actor, "task.restored", _named(task))
        self.changed()
        return task

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Called after every change; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    def changed(self) -> None:
        """Wakes up what fires due plans, and notifies subscribers."""
        self._changes.announce()


def _in_state(task: Task, state: Json, actor: Actor, at: datetime) -> Task:
    """Raises InvalidTask."""
    try:
        wanted = TaskState(state)
    except ValueError:
        raise InvalidTask({"state": f"Choose one of: {', '.join(TaskState)}."}) from None
    if wanted is task.state:
        return task
    done = wanted is TaskState.DONE
    return replace(task, done_at=at if done else None, done_by=actor.name if done else None)


def _audited(task: Task) -> dict[str, Json]:
    return {**write_task(task.definition), "state": task.state}


def _named(task: Task) -> str:
    return f"task {task.id} “{task.definition.title}”"
