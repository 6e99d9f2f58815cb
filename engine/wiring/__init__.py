"""Wiring: which part stands on which, from the ground up. It decides nothing, and nothing is done here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from engine.hooks.event_types import EventTypes
from engine.ports import Performed, Store
from engine.process.background import Background
from engine.process.clock_watch import ClockWatch
from engine.settings import EngineSettings
from engine.wiring.actions import ActionParts, build_actions
from engine.wiring.background import build_background, build_clock
from engine.wiring.delivery import DeliveryParts, build_delivery
from engine.wiring.event_types import build_event_types
from engine.wiring.ground import Ground, lay_ground
from engine.wiring.history import HistoryParts, build_history
from engine.wiring.hooks import HookParts, build_hooks
from engine.wiring.people import PeopleParts, build_people
from engine.wiring.sources import SourceParts, build_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All of an engine. `clock` and `background` are those that act by themselves."""

    ground: Ground
    people: PeopleParts
    sources: SourceParts
    hooks: HookParts
    event_types: EventTypes
    actions: ActionParts
    delivery: DeliveryParts
    history: HistoryParts
    clock: ClockWatch
    background: Background


def build(store: Store, settings: EngineSettings, now: Callable[[], datetime], steady: Callable[[], float]) -> Parts:
    ground = lay_ground(store, settings, now, steady)
    people, hooks = build_people(ground), build_hooks(ground)
    sources = build_sources(ground, hooks.hooks)
    actions = build_actions(ground, hooks.hooks, people.sensitive)
    delivery = build_delivery(ground, hooks, actions)
    history = build_history(ground, hooks.hooks, actions, delivery)
    clock = build_clock(ground, hooks.timers)
    parts = Parts(
        ground=ground,
        people=people,
        sources=sources,
        hooks=hooks,
        event_types=build_event_types(ground, hooks.hooks, sources.sources),
        actions=actions,
        delivery=delivery,
        history=history,
        clock=clock,
        background=build_background(ground, people, sources, actions, delivery, history, clock),
    )
    spread_what_is_performed(parts)
    return parts


def spread_what_is_performed(parts: Parts) -> None:
    """Events go into the corridor, notices to whoever watches; tasks and metrics look at what may be due now."""
    pipeline, notices = parts.delivery.pipeline, parts.ground.notices
    tasks, metrics = parts.actions.tasks, parts.actions.metrics

    def tell(performed: Performed) -> None:
        for accepted in performed.events:
            pipeline.offer(accepted)
        for notice in performed.notices:
            notices.publish(notice)
        if performed.tasks:
            tasks.changed()
        if performed.recorded:
            metrics.recorded()

    parts.ground.changes.subscribe(tell)
    tasks.subscribe(parts.delivery.sweep.wake)
