"""Metrics: values recorded by hooks, for charts, and alert limits on them, checked as values come and go."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.errors import Conflict, InvalidHook, NotFound
from engine.hooks.definition import messages_by_field
from engine.metrics.limits import limit_problems, turn, value_of
from engine.model import Actor, Event, Json, NewEvent, Role
from engine.model.metrics import (
    MOST_SERIES,
    Aggregate,
    AlertEvent,
    Bucket,
    Limit,
    SavedLimit,
    Series,
    Standing,
    Turn,
    Window,
    steps,
)
from engine.ports import Make, MetricStore
from engine.process.ids import Ids
from engine.process.insist import insist

MOST_LIMITS = 100
MOST_PLOTTED = 20
TICK_SECONDS = 10.0
GATHER_SECONDS = 0.2

_LIMIT = TypeAdapter(Limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A series over a time window; `buckets` are the non-empty ones, oldest first."""

    series: Series
    window: Window
    until: datetime
    buckets: tuple[Bucket, ...]

    def points(self, aggregate: Aggregate) -> list[tuple[datetime, float | None]]:
        """One per step of the window: empty steps have the sum 0 and no average."""
        nothing = 0.0 if aggregate is Aggregate.SUM else None
        found = {bucket.at: bucket.value(aggregate) for bucket in self.buckets}
        return [(at, found.get(at, nothing)) for at in steps(self.window, self.until)]

    def whole(self, aggregate: Aggregate) -> float | None:
        """Over the whole window."""
        total, count = sum(one.sum for one in self.buckets), sum(one.count for one in self.buckets)
        if aggregate is Aggregate.SUM:
            return total
        return total / count if count else None


class Metrics:
    def __init__(self, *, store: MetricStore, make: Make, audit: Audit, ids: Ids, now: Callable[[], datetime]) -> None:
        self._store, self._make, self._audit, self._ids, self._now = store, make, audit, ids, now
        self._limits: dict[int, SavedLimit] = {}
        self._known: set[tuple[str, str]] = set()
        self._recorded = asyncio.Event()

    async def load(self) -> None:
        self._limits = {saved.id: saved for saved in await self._store.metric_limits()}
        await self.series()

    async def series(self) -> list[Series]:
        """By metric and label."""
        series = await self._store.series()
        self._known = {(one.metric, one.label) for one in series}
        return series

    def admits(self, metric: str, label: str) -> bool:
        """Whether a value may be recorded there: the series exists, or there is room for another."""
        if (metric, label) not in self._known and len(self._known) >= MOST_SERIES:
            return False
        self._known.add((metric, label))
        return True

    async def plots(self, metric: str, window: Window) -> list[Plot]:
        """One per label of a metric, the most recently recorded first, at most twenty. Raises NotFound."""
        series = [one for one in await self.series() if one.metric == metric]
        if not series:
            raise NotFound("metric", metric)
        series = sorted(series, key=lambda one: one.last_at, reverse=True)[:MOST_PLOTTED]
        now = self._now()
        found = await self._store.buckets([one.id for one in series], window, now)
        return [Plot(series=one, window=window, until=now, buckets=tuple(found[one.id])) for one in series]

    @property
    def limits(self) -> tuple[SavedLimit, ...]:
        """By id."""
        return tuple(self._limits[limit_id] for limit_id in sorted(self._limits))

    def raw_limit(self, limit: Limit) -> dict[str, Json]:
        """In the API's shape."""
        return cast("dict[str, Json]", _LIMIT.dump_python(limit, mode="json"))

    async def standings(self) -> list[Standing]:
        """For the series that have ever exceeded a limit."""
        return await self._store.standings()

    async def save_limit(self, raw: Mapping[str, Json], *, actor: Actor, limit_id: int = 0) -> SavedLimit:
        """Creates or replaces a limit; a replaced one starts over. Raises NotAllowed, InvalidHook, NotFound."""
        require(actor, Permission.MANAGE_LIMITS)
        limit = read_limit(raw)
        if not limit_id and len(self._limits) >= MOST_LIMITS:
            raise InvalidHook({"metric": f"There are {MOST_LIMITS} limits already; delete one first."})
        before = self._limits.get(limit_id)
        saved = await self._store.save_metric_limit(
            SavedLimit(id=limit_id, limit=limit, saved_at=self._now(), saved_by=actor.name)
        )
        self._limits[saved.id] = saved
        old = self.raw_limit(before.limit) if before else None
        await self._audit.note(actor, "limit.saved", _named(saved), before=old, after=self.raw_limit(limit))
        self.recorded()
        return saved

    async def delete_limit(self, limit_id: int, *, actor: Actor) -> SavedLimit:
        """Returns what was deleted. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_LIMITS)
        if (saved := self._limits.get(limit_id)) is None:
            raise NotFound("limit", limit_id)
        await self._store.delete_metric_limit(limit_id)
        self._limits.pop(limit_id, None)
        await self._audit.note(actor, "limit.deleted", _named(saved), before=self.raw_limit(saved.limit))
        return saved

    def recorded(self) -> None:
        """Call after recording a value: the limits are checked soon."""
        self._recorded.set()

    async def watch(self) -> None:
        """Runs until cancelled: checks after values were recorded, and periodically, since windows move on."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._recorded.wait(), TICK_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
            self._recorded.clear()
            await insist(self.look, "the limits of metrics cannot be looked at")

    async def look(self) -> None:
        """Checks every series against its limits, and emits an event for each crossing."""
        series: defaultdict[str, list[Series]] = defaultdict(list)
        for one in await self.series():
            series[one.metric].append(one)
        watched = [saved for saved in self.limits if saved.limit.enabled]
        if not watched:
            return
        standings = {(one.limit_id, one.series_id): one.beyond for one in await self._store.standings()}
        for saved in watched:
            await self._check_limit(saved, series[saved.limit.metric], standings)

    async def _check_limit(
        self, saved: SavedLimit, series: list[Series], standings: Mapping[tuple[int, int], bool]
    ) -> None:
        limit, now = saved.limit, self._now()
        of_label = [one for one in series if limit.label in {"", one.label}]
        found = await self._store.over(limit.metric, limit.window, now) if of_label else {}
        for one in of_label:
            was = standings.get((saved.id, one.id))
            value = value_of(limit, found.get(one.id), one, now)
            beyond = turn(limit, was, value)
            if value is None or beyond is None:
                continue
            standing = Standing(limit_id=saved.id, series_id=one.id, beyond=beyond, value=value, since=now)
            event = (NewEvent(event=self._event(limit, one, value, now)),) if beyond else ()
            with suppress(Conflict):  # the limit was changed or deleted meanwhile
                await self._make((Turn(standing=standing, was=was), *event))

    def _event(self, limit: Limit, series: Series, value: float, at: datetime) -> Event:
        return Event(
            id=self._ids.new("evt"),
            type=limit.event.value,
            role=Role.SYSTEM,
            occurred_at=at,
            received_at=at,
            data=crossing_data(limit, series, value),
        )


def crossing_data(limit: Limit, series: Series, value: float) -> dict[str, Json]:
    """The data of a crossing's event, with the catalogue's fields, as far as they are known."""
    of_agent = limit.event is AlertEvent.AGENT
    kind = "agent" if of_agent else "campaign"
    about = {f"{kind}_id": series.label, f"{kind}_name": series.label_name}
    crossed = {
        "metric": limit.metric,
        "value": round(value, 6),
        "threshold": limit.threshold,
        "comparison": limit.comparison.value,
        "window": limit.window,
    }
    severity = {} if of_agent else {"severity": limit.severity.value}
    return {**{name: text for name, text in about.items() if text}, **crossed, **severity}


def read_limit(raw: Mapping[str, Json]) -> Limit:
    """Raises InvalidHook."""
    try:
        limit = _LIMIT.validate_python(dict(raw))
    except ValidationError as error:
        raise InvalidHook(messages_by_field(error)) from None
    if problems := limit_problems(limit):
        raise InvalidHook(problems)
    return limit


def _named(saved: SavedLimit) -> str:
    limit = saved.limit
    return f"limit {saved.id} “{limit.metric} {limit.comparison} {limit.threshold:g}”"
