"""The path of an event, from the last step to the first: each is handed those that come after it."""

import random
from dataclasses import dataclass
from time import monotonic

from engine.delivery.attempts import Attempts
from engine.delivery.breaker import Breaker
from engine.delivery.continuation import Continuation
from engine.delivery.dispatch import Dispatcher
from engine.delivery.due_sweep import Sweep
from engine.delivery.held import Release
from engine.delivery.intake import Pipeline
from engine.delivery.lane_settings import AllLaneSettings
from engine.delivery.lanes import Lanes
from engine.delivery.limiter import Limiter
from engine.delivery.parking import Parking
from engine.delivery.testing import Testing
from engine.tasks.plans import Plans
from engine.wiring.actions import ActionParts
from engine.wiring.ground import Ground
from engine.wiring.hooks import HookParts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParts:
    lane_settings: AllLaneSettings
    breaker: Breaker
    dispatcher: Dispatcher
    lanes: Lanes
    limiter: Limiter
    release: Release
    pipeline: Pipeline
    sweep: Sweep
    testing: Testing
    continuation: Continuation


def build_delivery(ground: Ground, hooks: HookParts, actions: ActionParts) -> DeliveryParts:
    """From the last step of an event to the first: each is handed those that come after it."""
    store = ground.store
    lane_settings, breaker, limiter = AllLaneSettings(store, ground.audit), Breaker(monotonic), Limiter(store)
    dispatcher = build_dispatcher(ground, hooks, actions, lane_settings, breaker)
    lanes = Lanes(
        store=store,
        dispatcher=dispatcher,
        breaker=breaker,
        settings=lane_settings,
        now=ground.now,
        supervisor=ground.supervisor,
    )
    pipeline = build_pipeline(ground, hooks, lanes, limiter)
    return DeliveryParts(
        lane_settings=lane_settings,
        breaker=breaker,
        dispatcher=dispatcher,
        lanes=lanes,
        limiter=limiter,
        release=Release(store, lanes, ground.feed, ground.now),
        pipeline=pipeline,
        sweep=Sweep((hooks.timers, Plans(store, ground.ids, ground.now)), ground.backlog, pipeline),
        testing=build_testing(ground, hooks, actions, lanes, limiter),
        continuation=Continuation(store, ground.vault),
    )


def build_dispatcher(
    ground: Ground, hooks: HookParts, actions: ActionParts, settings: AllLaneSettings, breaker: Breaker
) -> Dispatcher:
    attempts = Attempts(
        store=ground.store,
        client=actions.client,
        composer=actions.composer,
        settings=settings,
        feed=ground.feed,
        supervisor=ground.supervisor,
        ids=ground.ids,
        now=ground.now,
    )
    return Dispatcher(
        store=ground.store,
        hooks=hooks.hooks,
        settings=settings,
        composer=actions.composer,
        attempts=attempts,
        client=actions.client,
        breaker=breaker,
        watch=hooks.watch,
        waiting=hooks.waiting,
        feed=ground.feed,
        now=ground.now,
        draw=random.random,
    )


def build_pipeline(ground: Ground, hooks: HookParts, lanes: Lanes, limiter: Limiter) -> Pipeline:
    return Pipeline(
        inbox=ground.store,
        store=ground.store,
        lanes=lanes,
        limiter=limiter,
        parking=Parking(ground.store, ground.notices, ground.settings.most_of_hook),
        feed=ground.feed,
        hooks=hooks.hooks,
        catalogue=ground.catalogue,
        ids=ground.ids,
        now=ground.now,
    )


def build_testing(ground: Ground, hooks: HookParts, actions: ActionParts, lanes: Lanes, limiter: Limiter) -> Testing:
    return Testing(
        store=ground.store,
        hooks=hooks.hooks,
        drafts=hooks.drafts,
        composer=actions.composer,
        limiter=limiter,
        lanes=lanes,
        feed=ground.feed,
        catalogue=ground.catalogue,
        audit=ground.audit,
        ids=ground.ids,
        now=ground.now,
    )
