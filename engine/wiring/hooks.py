"""Hooks, and what watches over them."""

from dataclasses import dataclass

from engine.hooks.cases import Cases
from engine.hooks.commands import Hooks
from engine.hooks.drafts import Drafts
from engine.hooks.timers import Timers
from engine.hooks.waiting import Waiting
from engine.hooks.watchdog import Watch
from engine.process.steady_clock import SteadyClock
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class HookParts:
    hooks: Hooks
    drafts: Drafts
    cases: Cases
    waiting: Waiting
    watch: Watch
    timers: Timers


def build_hooks(ground: Ground) -> HookParts:
    store, catalogue, now = ground.store, ground.catalogue, ground.now
    hooks = Hooks(store, catalogue, ground.vault, ground.audit, now)
    return HookParts(
        hooks=hooks,
        drafts=Drafts(hooks, catalogue, ground.seen, ground.drifted, now),
        cases=Cases(store, hooks, catalogue, now),
        waiting=Waiting(store, hooks, ground.audit),
        watch=Watch(store, hooks, ground.notices, SteadyClock(now, ground.steady)),
        timers=Timers(store, hooks, ground.ids, now),
    )
