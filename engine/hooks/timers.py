"""Fires hooks on a schedule: an event for that hook only, stored together with its next run."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from engine.hooks.commands import Hooks
from engine.model import Hook, Timetable
from engine.ports import Accepted, Timer, TimerRun, TimerStore
from engine.process.ids import Ids
from engine.rules.timetable import next_after, tick

log = logging.getLogger(__name__)

STEP_BACK = timedelta(hours=3)
"""As in Debian's cron: a clock set back by less repeats nothing; if set back by more, it was wrong before."""


class Timers:
    def __init__(self, store: TimerStore, hooks: Hooks, ids: Ids, now: Callable[[], datetime]) -> None:
        self._store, self._hooks, self._ids, self._now = store, hooks, ids, now
        self._set_aside: set[int] = set()

    async def due(self, limit: int) -> list[Timer]:
        """Longest overdue first. Raises StoreUnavailable."""
        due = await self._store.due_timers(self._now(), limit)
        return [timer for timer in due if timer.hook_id not in self._set_aside]

    async def fire(self, due: Sequence[Timer]) -> list[Accepted]:
        """Several missed runs fire once. Raises StoreUnavailable."""
        runs = [run for timer, hook, schedule in self._on(due) if (run := self._run(timer, hook, schedule))]
        return [one for one in await self._store.run_timers(runs) if one]

    async def clock_went_back(self, by: timedelta) -> None:
        """Reschedules what was planned while the clock was far ahead."""
        if by < STEP_BACK:
            return
        on = self._on(await self._store.timers())
        await self._store.run_timers(
            [TimerRun(timer=timer, event=None, next_at=next_after(schedule, self._now())) for timer, _, schedule in on]
        )

    def _run(self, timer: Timer, hook: Hook, schedule: Timetable) -> TimerRun | None:
        """None if it fails by a bug of ours, which must not block the others; it is tried again after a restart."""
        now = self._now()
        try:
            event = tick(hook, timer.due_at, self._ids.new("evt"), now)
            return TimerRun(timer=timer, event=event, next_at=next_after(schedule, now))
        except Exception:
            log.exception("the schedule of hook %d cannot be read: it is set aside", hook.id)
            self._set_aside.add(hook.id)
            return None

    def _on(self, timers: Sequence[Timer]) -> Iterator[tuple[Timer, Hook, Timetable]]:
        """Timers of enabled hooks. One saved a moment ago may not be known yet; it fires on the next pass."""
        for timer in timers:
            compiled = self._hooks.index().by_id.get(timer.hook_id)
            if compiled and compiled.hook.definition.enabled and compiled.hook.definition.schedule:
                yield timer, compiled.hook, compiled.hook.definition.schedule
