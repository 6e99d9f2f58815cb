"""Fires the plans of tasks when they are due."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from engine.ports import Accepted, Due, Firing, PlanStore
from engine.process.ids import Ids
from engine.tasks.definition import planned_event

log = logging.getLogger(__name__)


class Plans:
    def __init__(self, store: PlanStore, ids: Ids, now: Callable[[], datetime]) -> None:
        self._store, self._ids, self._now = store, ids, now
        self._set_aside: set[int] = set()

    async def due(self, limit: int) -> list[Due]:
        """Longest due first. Raises StoreUnavailable."""
        return await self._store.due_plans(self._now(), limit, frozenset(self._set_aside))

    async def fire(self, due: Sequence[Due]) -> list[Accepted]:
        """Raises StoreUnavailable."""
        return [one for one in await self._store.fire(self._firings(due)) if one]

    def _firings(self, due: Sequence[Due]) -> list[Firing]:
        """A plan that fails by a bug of ours must not block the others; it is tried again after a restart."""
        firings: list[Firing] = []
        for one in due:
            try:
                event = planned_event(one.task, one.plan, self._ids.new("evt"), self._now())
            except Exception:
                log.exception("the %s of task %s cannot be emitted: it is set aside", one.plan.kind, one.task.id)
                self._set_aside.add(one.seq)
            else:
                firings.append(Firing(seq=one.seq, event=event))
        return firings
