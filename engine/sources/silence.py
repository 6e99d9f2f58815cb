"""Sources that normally send and have stopped: told once, by what the same hours of the last week brought."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from engine.errors import StoreUnavailable
from engine.messages.notices import Notices
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


class SourceSilence:
    def __init__(self, store: SourceStore, sources: Sources, notices: Notices, now: Callable[[], datetime]) -> None:
        self._store, self._sources, self._notices, self._now = store, sources, notices, now
        self._told: dict[int, datetime] = {}

    async def look(self) -> None:
        """Checks every source that is on and has sent before."""
        try:
            for source in self._sources.all():
                if source.settings.enabled and source.last_received_at is not None:
                    await self._look_at(source, source.last_received_at)
        except StoreUnavailable:
            return  # checked next time

    async def _look_at(self, source: Source, last_at: datetime) -> None:
        last, now = hour_of(last_at), hour_of(self._now())
        if now - last < 2 or self._told.get(source.id) == last_at:
            return
        by_hour = Counter[int]()
        for one in await self._store.source_counts(source.id, last - 2 * DAYS * DAY_HOURS):
            if one.outcome is not Outcome.REFUSED:
                by_hour[one.hour] += one.count
        expected = least_expected(by_hour, last, now)
        if is_silent(expected):
            self._told[source.id] = last_at
            since = f"{last_at:%H:%M} UTC on {last_at:%m-%d}"
            text = f"Nothing came since {since}; about {expected:,.0f} requests were expected. See the platform's log."
            title = f"“{source.settings.name}” has stopped sending"
            await self._notices.tell("warning", title, text, f"/sources/{source.id}")
