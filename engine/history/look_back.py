"""What happened to events, and what hooks would do with them: read from the store, or recomputed from it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.access.permissions import Permission, require
from engine.errors import InvalidHook
from engine.events.catalogue import Catalogue
from engine.events.seen import SeenFields
from engine.expressions.condition import ConditionError
from engine.history.backtest import BackTest, Order, backtest
from engine.history.field_profile import FieldWarning, Profile, doubts, profile_of
from engine.hooks.commands import Hooks
from engine.model import (
    SCHEDULED,
    Actor,
    Decision,
    Event,
    Gate,
    Hook,
    HookDefinition,
    Json,
    Page,
    Status,
    View,
    unchanged,
)
from engine.ports import EventQuery, EventStore, Recorded
from engine.process.one_at_a_time import OneAtATime
from engine.process.worker_process import Apart
from engine.rules.decisions import context_of, explain, limited, stopped_by
from engine.rules.index import CompiledHook, compile_hook, concerns

EVENTS = 500
MOST_EVENTS = 50_000
AT_HAND = 2_000
"""Up to this many events are tested in a thread; more, in a separate process."""
PAGE = 500
STRETCH_SECONDS = 0.001
MOST_SECONDS = 60.0
PROFILE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """`decisions` of every hook of the event's type, by hook id; `pending` if the event is not decided yet, and these
    are by the current hooks."""

    recorded: Recorded
    hooks: tuple[Hook, ...]
    decisions: tuple[Decision, ...]
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Another hook that calls the same URL; both would fire for this `share` of the recent events that either fires
    for."""

    hook: Hook
    both: int
    share: float


class Insight:
    def __init__(
        self, store: EventStore, hooks: Hooks, catalogue: Catalogue, seen: SeenFields, now: Callable[[], datetime]
    ) -> None:
        self._store, self._hooks, self._catalogue, self._seen, self._now = store, hooks, catalogue, seen, now
        self._apart, self._turns = Apart(), OneAtATime()
        self._profiles: dict[tuple[str, View], tuple[float, Profile]] = {}

    def close(self) -> None:
        self._apart.close()

    async def events(self, query: EventQuery) -> Page[Recorded]:
        """Newest first. Raises InvalidQuery."""
        return await self._store.events(query)

    async def event(self, event_id: str) -> Recorded:
        """Raises NotFound."""
        return await self._store.event(event_id)

    async def several(self, event_ids: Iterable[str]) -> dict[str, Event]:
        """By id, omitting unknown ones."""
        return await self._store.events_by_id(list(dict.fromkeys(event_ids)))

    async def decisions(self, event_id: str) -> Decided:
        """Recomputed exactly as they were decided; the effect of limits comes from the record. Raises NotFound."""
        recorded = await self._store.event(event_id)
        pending = recorded.revision is None
        revision = self._hooks.index().revision if recorded.revision is None else recorded.revision
        then = await self._store.hooks_as_of(revision, recorded.event.type)
        hooks = [hook for hook in then if concerns(hook.id, recorded.event)]
        at = recorded.decided_at or self._now()
        aliases = self._catalogue.aliases_of(recorded.event.type)
        decisions = await asyncio.to_thread(_explained, hooks, recorded.event, at, aliases)
        if reasons := await self._store.reasons(event_id):
            decisions = tuple(_with_limits(decision, reasons) for decision in decisions)
        return Decided(recorded=recorded, hooks=tuple(hooks), decisions=decisions, pending=pending)

    async def backtest(
        self, raw: Mapping[str, Json], events: int = EVENTS, *, view: View = unchanged, actor: Actor | None = None
    ) -> BackTest:
        """An unsaved draft (with its `id` if the hook exists) against the newest stored events of its type, as they
        show in `view`. Those of one actor run one after the other, and each ends after a minute.

        Raises Refused, InvalidHook, NotFound, Overloaded.
        """
        if actor is not None:
            require(actor, Permission.VIEW)
        if not 1 <= events <= MOST_EVENTS:
            raise InvalidHook({"events": f"From 1 to {MOST_EVENTS}."})
        definition = self._hooks.read(raw)
        hook_id = raw.get("id")
        hook_id = hook_id if isinstance(hook_id, int) else 0
        saved = self._hooks.get(hook_id).definition if hook_id else None
        if saved is not None and saved.trigger != definition.trigger:
            saved = None
        aliases = self._catalogue.aliases_of(definition.trigger)
        order = Order(definition=definition, saved=saved, aliases=aliases, events=events, hook_id=hook_id, view=view)
        async with self._turns.turn(actor and (actor.kind, actor.id)):
            return await self._tested(order)

    async def _tested(self, order: Order) -> BackTest:
        if order.events > AT_HAND:
            return _in_time(await self._apart.run(backtest, order, self._store.source(), MOST_SECONDS), order)
        trial = order.trial()
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await self._over(order.definition.trigger, order.events, trial.judge)
        except TimeoutError:
            _in_time(None, order)
        return await asyncio.to_thread(trial.finish)

    async def explain(self, raw: Mapping[str, Json], event_id: str, *, view: View = unchanged) -> Decision:
        """Explains how a draft would decide a stored event, as it shows in `view`, as if the draft were enabled. Raises
        InvalidHook, NotFound."""
        compiled = self._enabled(self._hooks.read(raw))
        recorded = await self._store.event(event_id)
        event, at = view(recorded.event), recorded.decided_at or recorded.event.received_at
        return await asyncio.to_thread(explain, compiled, event, at, self._catalogue.aliases_of(event.type))

    async def profile(self, type: str, *, view: View = unchanged) -> Profile:
        """The fields in a type's latest events, as they show in `view`; cached for up to half a minute."""
        since = time.monotonic() - PROFILE_SECONDS
        self._profiles = {key: one for key, one in self._profiles.items() if one[0] >= since}
        _, profile = self._profiles.get((type, view), (0.0, None))
        if profile is None:
            recorded = await self._store.latest_events(type, None, EVENTS)
            profile = await asyncio.to_thread(_profiled, type, recorded, view)
            self._profiles[type, view] = (time.monotonic(), profile)
            self._seen.note(type, profile.fields)
        return profile

    async def doubts(self, definition: HookDefinition, *, view: View = unchanged) -> list[FieldWarning]:
        """What the hook reads that recent traffic, as it shows in `view`, never had."""
        compiled = self._enabled(definition)
        if isinstance(compiled.condition, ConditionError) or definition.trigger not in self._catalogue.by_name:
            return []
        profile = await self.profile(definition.trigger, view=view)
        label, aliases = self._catalogue.label(definition.trigger), self._catalogue.aliases_of(definition.trigger)
        return doubts(definition, compiled.condition, profile, label, aliases)

    async def overlaps(
        self, definition: HookDefinition, hook_id: int | None, *, view: View = unchanged
    ) -> list[Overlap]:
        """Other enabled hooks with the same trigger that call the same URL; none for triggers that address a single
        hook. The definition decides events as they show in `view`."""
        if definition.trigger == SCHEDULED:
            return []
        urls = {(action.method, action.url) for action in definition.actions}
        others = [
            compiled
            for compiled in self._hooks.index().enabled.get(definition.trigger, ())
            if compiled.hook.id != hook_id
            and urls & {(action.method, action.url) for action in compiled.hook.definition.actions}
        ]
        if not others:
            return []
        mine = self._enabled(definition)
        sends: Counter[int] = Counter()
        both: Counter[int] = Counter()

        def count(events: Sequence[Event]) -> None:
            for event in events:
                aliases, seen = self._catalogue.aliases_of(event.type), view(event)
                names = context_of(event, event.received_at, aliases)
                ours = stopped_by(mine, seen, context_of(seen, event.received_at, aliases)) is None
                for other in others:
                    theirs = stopped_by(other, event, names) is None
                    sends[other.hook.id] += ours or theirs
                    both[other.hook.id] += ours and theirs

        await self._over(definition.trigger, EVENTS, count)
        return [
            Overlap(hook=other.hook, both=both[other.hook.id], share=both[other.hook.id] / (sends[other.hook.id] or 1))
            for other in others
        ]

    async def gates_since(
        self, compiled: CompiledHook, since: datetime, most: int
    ) -> tuple[int, dict[Gate, list[datetime]]]:
        """How many events of its type came since a given time, and when those that each gate stopped came, newest
        first."""
        gates: dict[Gate, list[datetime]] = {}
        query = EventQuery(type=compiled.hook.definition.trigger, since=since, limit=most)
        page = await self._store.events(query)
        aliases = self._catalogue.aliases_of(compiled.hook.definition.trigger)

        def judge(events: Sequence[Event]) -> None:
            for event in events:
                gate = stopped_by(compiled, event, context_of(event, event.received_at, aliases))
                if gate is not None:
                    gates.setdefault(gate, []).append(event.received_at)

        await asyncio.to_thread(_in_stretches, judge, [one.event for one in page.items])
        return len(page.items), gates

    async def _over(self, type: str, count: int, judge: Callable[[Sequence[Event]], None]) -> None:
        """A type's newest events, newest first, page by page, read off the event loop."""
        before, left = None, count
        while left:
            page = await self._store.latest_events(type, before, min(PAGE, left))
            if page:
                await asyncio.to_thread(_in_stretches, judge, [one.event for one in page])
                before = page[-1].seq
            left = left - len(page) if len(page) == PAGE else 0

    def _enabled(self, definition: HookDefinition) -> CompiledHook:
        now = self._now()
        definition = replace(definition, enabled=True)
        return compile_hook(Hook(id=0, version=0, definition=definition, created_at=now, updated_at=now))


def _profiled(type: str, recorded: Sequence[Recorded], view: View) -> Profile:
    return profile_of(type, [view(one.event).data for one in recorded])


def _in_time(result: BackTest | None, order: Order) -> BackTest:
    """Raises InvalidHook for one whose time was over."""
    if result is None:
        longer = f"{order.events:,} events take longer. Try fewer."
        raise InvalidHook({"events": f"A back-test ends after {MOST_SECONDS:.0f} seconds, and {longer}"})
    return result


def _explained(hooks: Sequence[Hook], event: Event, at: datetime, aliases: Mapping[str, str]) -> tuple[Decision, ...]:
    return tuple(explain(compile_hook(hook), event, at, aliases) for hook in hooks)


def _with_limits(decision: Decision, reasons: Mapping[int, tuple[Status, str]]) -> Decision:
    reason = reasons.get(decision.hook_id or 0)
    return limited(decision, *reason) if reason and decision.fired else decision


def _in_stretches(judge: Callable[[Sequence[Event]], None], events: Sequence[Event]) -> None:
    """Pauses in between: this thread and the event loop share one interpreter, and live traffic goes first."""
    began = time.perf_counter()
    for start in range(0, len(events), 10):
        judge(events[start : start + 10])
        if time.perf_counter() - began > STRETCH_SECONDS:
            time.sleep(STRETCH_SECONDS)  # noqa: TID251 (in a thread)
            began = time.perf_counter()
