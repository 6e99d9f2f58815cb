"""Executions waiting with an older version of their hook. They keep it until somebody decides otherwise."""

from contextlib import suppress

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.errors import StoreUnavailable
from engine.hooks.commands import Hooks, named
from engine.model import Actor, Job
from engine.ports import ExecutionStore


class Waiting:
    def __init__(self, store: ExecutionStore, hooks: Hooks, audit: Audit) -> None:
        self._store, self._hooks, self._audit = store, hooks, audit
        self._moved: dict[int, int] = {}

    async def count(self, hook_id: int) -> int:
        """Raises NotFound."""
        return await self._store.waiting_behind(self._hooks.get(hook_id))

    async def send_by_new(self, hook_id: int, *, actor: Actor) -> int:
        """Due times stay the same; returns how many were changed. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_HOOKS)
        hook = self._hooks.get(hook_id)
        moved = await self._store.move_waiting(hook)
        self._moved[hook.id] = hook.version
        if moved:
            after = {"executions": moved, "version": hook.version}
            await self._audit.note(actor, "hook.waiting_moved", named(hook), after=after)
        return moved

    async def as_moved(self, job: Job) -> Job:
        """The execution as stored, since it may have been read before it was moved."""
        if job.hook.version < self._moved.get(job.hook.id, 0):
            with suppress(StoreUnavailable):
                return await self._store.execution(job.execution.id)
        return job
