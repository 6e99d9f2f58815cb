"""What a hook would have done with past events: how many it fires for, and what an edit changes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from engine.events.subjects import subject_of
from engine.model import Event, Hook, HookDefinition, Json, View, unchanged
from engine.ports import EventSource
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import CompiledHook, compile_hook, concerns
from engine.rules.limits import Tally, why_skipped
from engine.rules.misses import NearMiss, Parts, near_miss, parts_of
from engine.rules.opening_hours import next_opening, zone_of

MOST_LISTED = 100
PAGE = 500
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class BackTest:
    """`fired_before` is None for an unsaved hook. Lists are newest first, at most a hundred each.

    Of the events that it `fires` for, `skipped` would have been skipped by its limits.
    """

    events: int = 0
    fires: int = 0
    skipped: int = 0
    fired_before: int | None = None
    gained: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])
    near_misses: list[NearMiss] = field(default_factory=list[NearMiss])
    gained_count: int = 0
    lost_count: int = 0
    near_count: int = 0


class Trial:
    """Evaluates a hook, and its saved version, against events, page by page."""

    def __init__(
        self, hook: CompiledHook, saved: CompiledHook | None, aliases: Mapping[str, str], view: View = unchanged
    ) -> None:
        """Both as if they were enabled, since the question is what they would do. Only the saved one, whose decisions
        everybody sees, reads events beyond the view."""
        self._parts: Parts = parts_of(hook)
        self._hook, self._saved, self._aliases, self._view = hook, saved, aliases, view
        self.result = BackTest(fired_before=None if saved is None else 0)
        self._counting: list[tuple[datetime, datetime, str]] = []

    def judge(self, events: Sequence[Event]) -> None:
        for event in events:
            if concerns(self._hook.hook.id, event):
                self._judge(event)

    def finish(self) -> BackTest:
        """Sorts near misses by distance, and applies the limits in the order in which the events came."""
        self.result.skipped = self._skipped()
        self.result.near_misses.sort(key=lambda miss: (miss.distance is None, miss.distance or 0.0))
        del self.result.near_misses[MOST_LISTED:]
        return self.result

    def _judge(self, event: Event) -> None:
        result, seen = self.result, self._view(event)
        names: Mapping[str, Json] = context_of(seen, event.received_at, self._aliases)
        fires = stopped_by(self._hook, seen, names) is None
        result.events += 1
        result.fires += fires
        limits = self._hook.hook.definition.limits
        if fires and limits.counts:
            at = event.received_at
            opening = next_opening(limits.hours, at, zone_of(limits.hours, seen.data)) if limits.hours else at
            self._counting.append((at, opening, subject_of(event.data)))
        if self._saved is not None:
            before = stopped_by(self._saved, event, self._all_names(event, seen, names)) is None
            result.fired_before = (result.fired_before or 0) + before
            if fires and not before:
                result.gained_count += 1
                _add(result.gained, event.id)
            elif before and not fires:
                result.lost_count += 1
                _add(result.lost, event.id)
        if not fires and (miss := near_miss(self._parts, event.id, event.role, names)):
            result.near_count += 1
            if len(result.near_misses) < 5 * MOST_LISTED:
                result.near_misses.append(miss)

    def _all_names(self, event: Event, seen: Event, names: Mapping[str, Json]) -> Mapping[str, Json]:
        return names if seen is event else context_of(event, event.received_at, self._aliases)

    def _skipped(self) -> int:
        hook, ran, skipped = self._hook.hook, Tally(), 0
        for now, at, subject in sorted(self._counting):
            if why_skipped(hook, subject, at, now, ran.within):
                skipped += 1
            else:
                ran.add(hook, subject, at)
        return skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A back-test to run: a hook (with id 0 if new) and its saved version (None: unsaved) against `events` events, as
    they show in `view`."""

    definition: HookDefinition
    saved: HookDefinition | None
    aliases: Mapping[str, str]
    events: int
    hook_id: int = 0
    view: View = unchanged

    def trial(self) -> Trial:
        saved = None if self.saved is None else _as_if_enabled(self.saved)
        return Trial(_as_if_enabled(self.definition, self.hook_id), saved, self.aliases, self.view)


def backtest(order: Order, source: EventSource) -> BackTest:
    """Runs it to the end, reading page by page."""
    trial, before, left = order.trial(), None, order.events
    while left > 0:
        page = source.latest(order.definition.trigger, before, min(PAGE, left))
        trial.judge([one.event for one in page])
        if len(page) < min(PAGE, left):
            break
        before, left = page[-1].seq, left - len(page)
    return trial.finish()


def _as_if_enabled(definition: HookDefinition, hook_id: int = 0) -> CompiledHook:
    definition = replace(definition, enabled=True)
    return compile_hook(Hook(id=hook_id, version=0, definition=definition, created_at=NEVER, updated_at=NEVER))


def _add(ids: list[str], id: str) -> None:
    if len(ids) < MOST_LISTED:
        ids.append(id)
