"""Hooks that used to fire and have stopped: reported once, with what stops them now."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from engine.errors import NotFound, StoreUnavailable
from engine.history.look_back import Insight
from engine.hooks.commands import Hooks
from engine.messages.notices import Notices
from engine.model import Gate, HookStats
from engine.model.labels import LABELS
from engine.ports import HookStore
from engine.rules.index import CompiledHook
from engine.rules.limits import is_expired

SURE = 0.001
FEWEST_FIRED = 5
LOOKED_BACK = 500
LOOKED_AT = 500


def is_silent(fired: int, of: int, since: int) -> bool:
    """Whether 0 of `since` events is more than chance, for a hook that fired for `fired` of the `of` before."""
    if fired < FEWEST_FIRED or not of:
        return False
    share = min(fired / of, 0.99)
    return since * math.log(1 - share) < math.log(SURE)


def in_words(since: int, gates: Mapping[Gate, Sequence[datetime]]) -> str:
    """Such as "41 events came since it fired last: 38 stopped by its condition since 10:12 UTC on 11-23, 3 by …".

    `gates` has the times of the events that each gate stopped, newest first.
    """
    most_first = sorted(gates.items(), key=lambda item: -len(item[1]))
    parts = [
        f"{len(times)} by its {LABELS[gate].lower()} since {times[-1]:%H:%M} UTC on {times[-1]:%m-%d}"
        for gate, times in most_first
    ]
    passed = since - sum(map(len, gates.values()))
    if passed:
        parts.append(f"{passed} would fire now")
    summary = ", ".join(parts).replace(" by its", " stopped by its", 1)
    return f"{since} events came since it fired last: {summary}."


class Silence:
    def __init__(
        self,
        store: HookStore,
        hooks: Hooks,
        insight: Insight,
        notices: Notices,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._hooks, self._insight, self._notices, self._now = store, hooks, insight, notices, now
        self._reported: dict[int, datetime] = {}

    async def look(self) -> None:
        """Checks every enabled hook that depends on events from senders."""
        try:
            stats = await self._store.hook_stats(self._now())
            for hook_id, of_hook in stats.items():
                compiled = self._hooks.index().by_id.get(hook_id)
                if compiled and compiled.hook.definition.enabled and not compiled.hook.definition.schedule:
                    await self._look_at(compiled, of_hook)
        except (StoreUnavailable, NotFound):
            return  # checked next time

    async def _look_at(self, compiled: CompiledHook, stats: HookStats) -> None:
        hook, last = compiled.hook, stats.last_hit_at
        if last is None or self._reported.get(hook.id) == last or stats.hits < FEWEST_FIRED:
            return
        if is_expired(hook.definition.limits, self._now()) or await self._store.skipped_since(hook.id, last):
            return
        since, gates = await self._insight.gates_since(compiled, last, LOOKED_AT)
        if not since:
            return
        fired, of = await self._store.hits_among(hook.id, last, LOOKED_BACK)
        if is_silent(fired, of, since):
            self._reported[hook.id] = last
            title = f"“{hook.definition.title}” has stopped firing"
            await self._notices.tell("warning", title, in_words(since, gates), f"/executions?hook_id={hook.id}")
