"""Watches how the hooks do, warns of those that only fail, and switches them off in the end."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, NotFound
from engine.hooks.commands import Hooks
from engine.hooks.health import HEALTHY, after_attempt, after_restart, alarm_of
from engine.messages.notices import Notices
from engine.model import Actor, Execution, HookHealth, Role
from engine.ports import Upkeep
from engine.rules.retries import GiveUp, Verdict

log = logging.getLogger(__name__)

GONE = Actor(kind="system", id=0, name="Trigger Hooks (the receiver answered 410, Gone)", role=Role.ADMIN)
ONLY_FAILS = Actor(kind="system", id=0, name="Trigger Hooks (it only failed)", role=Role.ADMIN)


class Watch:
    def __init__(self, store: Upkeep, hooks: Hooks, notices: Notices, now: Callable[[], datetime]) -> None:
        """`now` never jumps: a clock that is corrected switches no hook off."""
        self._store, self._hooks, self._notices, self._now = store, hooks, notices, now
        self._health: dict[int, HookHealth] = {}

    async def load(self) -> None:
        stored, now = await self._store.hook_health(), self._now()
        self._health = {hook_id: after_restart(health, now) for hook_id, health in stored.items()}

    def of(self, hook_id: int) -> HookHealth:
        return self._health.get(hook_id, HEALTHY)

    def note(self, execution: Execution) -> HookHealth | None:
        """The hook's health after an attempt, to be stored with it; None where it is as good as before."""
        before = self.of(execution.hook_id)
        health = after_attempt(before, execution, self._now())
        if health is before or health == before:
            return None
        self._health[execution.hook_id] = health
        return health

    async def react(self, execution: Execution, follows: Verdict) -> None:
        """What an attempt, once it is recorded, calls for."""
        hook_id = execution.hook_id
        if isinstance(follows, GiveUp) and follows.gone:
            await self._switch_off(execution, GONE, "The receiver answered 410: it never wants to be called again.")
            return
        health = self.of(hook_id)
        if health is HEALTHY or (alarm := alarm_of(health, self._now())) is None:
            return
        if alarm.percent < 100:
            self._health[hook_id] = replace(health, warned=alarm.percent)
            await self._store.save_health(hook_id, self._health[hook_id])
            text = f"{alarm.reason} {alarm.percent} % of the way to being switched off."
            await self._notices.tell("warning", f"“{execution.hook_title}” only fails", text, _link(hook_id))
            return
        await self._switch_off(execution, ONLY_FAILS, alarm.reason)

    async def _switch_off(self, execution: Execution, actor: Actor, reason: str) -> None:
        """Whoever switches it on again starts anew."""
        hook_id = execution.hook_id
        self._health[hook_id] = HEALTHY
        await self._store.save_health(hook_id, HEALTHY)
        with contextlib.suppress(NotFound, Conflict):
            was_on = self._hooks.get(hook_id).definition.enabled
            await self._hooks.set_enabled(hook_id, False, actor=actor)
            if was_on:
                log.warning("hook %d is switched off: %s", hook_id, reason)
                text = f"{reason} What comes meanwhile can be replayed once it is on again."
                await self._notices.tell("bad", f"“{execution.hook_title}” is switched off", text, _link(hook_id))


def _link(hook_id: int) -> str:
    return f"/executions?hook_id={hook_id}"
