"""Sources that normally send and have stopped: told once, by what the same hours of the last week brought."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.access.permissions import Permission, require
from engine.errors import StoreUnavailable
from engine.messages.notices import Notices
from engine.model import Actor
from engine.model.sources import Outcome, Source
from engine.ports import SourceStore
from engine.sources.commands import Sources
from engine.sources.journal import hour_of

SURE: Final = 0.001
DAY_HOURS: Final = 24
DAYS: Final = 7
"""With a week before it, a Saturday is compared with a Saturday too."""


def least_expected(by_hour: Mapping[int, int], last: int, now: int) -> float:
    """How many requests the full hours after `last` and before `now` would have brought: for each, as many as the same
    hour had on average on seven days, or a week ago, whichever is less. 0 until there is a week to compare with."""
    if not by_hour or min(by_hour) > last + 1 - DAYS * DAY_HOURS:
        return 0.0
    silent = range(last + 1, min(now, last + 1 + DAYS * DAY_HOURS))
    return sum(_usual(by_hour, hour, last) for hour in silent)


def is_silent(expected: float) -> bool:
    """Whether nothing at all is more than chance where so many were expected."""
    return expected > -math.log(SURE)


def _usual(by_hour: Mapping[int, int], hour: int, last: int) -> float:
    """The seven days are those before the silence."""
    first = math.ceil((hour - last) / DAY_HOURS)
    days = [by_hour.get(hour - DAY_HOURS * day, 0) for day in range(first, first + DAYS)]
    return min(sum(days) / DAYS, by_hour.get(hour - DAYS * DAY_HOURS, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSource:
    """`expected` is how many requests would have come since `last_at` as usual."""

    source: Source
    last_at: datetime
    expected: float


class SourceSilence:
    def __init__(self, store: SourceStore, sources: Sources, notices: Notices, now: Callable[[], datetime]) -> None:
        self._store, self._sources, self._notices, self._now = store, sources, notices, now
        self._told: dict[int, datetime] = {}

    async def look(self) -> None:
        """Tells of each that is silent, once."""
        try:
            silent = await self._silent()
        except StoreUnavailable:
            return  # checked next time
        for one in silent:
            if self._told.get(one.source.id) != one.last_at:
                self._told[one.source.id] = one.last_at
                title = f"“{one.source.settings.name}” has stopped sending"
                await self._notices.tell("warning", title, in_words(one), f"/sources/{one.source.id}")

    async def silent(self, *, actor: Actor) -> list[SilentSource]:
        """All that are silent now, the longest first. Raises NotAllowed, StoreUnavailable."""
        require(actor, Permission.MANAGE_SOURCES)
        return sorted(await self._silent(), key=lambda one: one.last_at)

    async def _silent(self) -> list[SilentSource]:
        """Of those that are on and have sent before."""
        found = [await self._look_at(source) for source in self._sources.all() if source.settings.enabled]
        return [one for one in found if one and is_silent(one.expected)]

    async def _look_at(self, source: Source) -> SilentSource | None:
        if source.last_received_at is None:
            return None
        last, now = hour_of(source.last_received_at), hour_of(self._now())
        if now - last < 2:
            return None
        by_hour = Counter[int]()
        for one in await self._store.source_counts(source.id, last - 2 * DAYS * DAY_HOURS):
            if one.outcome is not Outcome.REFUSED:
                by_hour[one.hour] += one.count
        expected = least_expected(by_hour, last, now)
        return SilentSource(source=source, last_at=source.last_received_at, expected=expected)


def in_words(silent: SilentSource) -> str:
    since = f"{silent.last_at:%H:%M} UTC on {silent.last_at:%m-%d}"
    return f"Nothing came since {since}; about {silent.expected:,.0f} requests were expected. See the platform's log."
