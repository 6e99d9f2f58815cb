"""Makes what was planned come true: finds what is due, stores its events, and hands them to the corridor.

A plan is a row. That it has fired, and the event that it emits, are one transaction: killed at any moment, it fires
once. What fell due while the process was down fires at the next start, late, and says so.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from engine.errors import Overloaded, StoreUnavailable
from engine.followups import planned_event
from engine.ids import Ids
from engine.ports import Accepted, Due, Firing, PlanStore

log = logging.getLogger(__name__)

BATCH = 50
PAUSE_SECONDS = 0.1
"""Between full batches: 500 events a second at most, so that what comes in live goes on meanwhile."""


class Sweep:
    def __init__(
        self,
        *,
        store: PlanStore,
        ids: Ids,
        now: Callable[[], datetime],
        admit: Callable[[int], None],
        offer: Callable[[Accepted], None],
    ) -> None:
        """`admit` raises Overloaded where no more may wait; `offer` takes events that are on disk."""
        self._store, self._ids, self._now, self._admit, self._offer = store, ids, now, admit, offer
        self._woken = asyncio.Event()
        self._set_aside: set[int] = set()

    async def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while await self.fire_due() == BATCH:  # noqa: ASYNC110 (it works)
                    await asyncio.sleep(PAUSE_SECONDS)
            except (Overloaded, StoreUnavailable) as error:
                log.warning("what is due waits: %s", error)

    async def fire_due(self) -> int:
        """A batch of what is due, the longest due first; gives how many it was. Raises Overloaded, StoreUnavailable."""
        due = await self._store.due_plans(self._now(), BATCH, frozenset(self._set_aside))
        if not due:
            return 0
        self._admit(len(due))
        firings = self._firings(due)
        for firing, seq in zip(firings, await self._store.fire(firings), strict=True):
            if seq is not None:
                self._offer(Accepted(seq=seq, event=firing.event))
        return len(due)

    def _firings(self, due: Sequence[Due]) -> list[Firing]:
        """A plan that fails by a fault of ours holds up no other; it is tried anew after a restart."""
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
