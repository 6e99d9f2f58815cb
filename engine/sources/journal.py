"""What came from each source: counts by hour and the last bodies, stored every second, all at once."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from engine.errors import StoreUnavailable
from engine.model.sources import Outcome, SourceBody, SourceCount
from engine.ports import SourceStore
from engine.process.announcer import Announcer

log = logging.getLogger(__name__)

MOST_BODIES: Final = 20
MOST_REASONS: Final = 50
"""Of one source between two writes: reasons may hold what senders wrote."""
LONGEST_BODY: Final = 16_384
OTHER: Final = "other"
HOUR_SECONDS: Final = 3_600

_Counted = tuple[int, int, Outcome, str]
_Kept = dict[tuple[int, Outcome], deque[SourceBody]]


class Journal:
    def __init__(self, store: SourceStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._counts: Counter[_Counted] = Counter()
        self._bodies: _Kept = {}
        self._changes = Announcer[int]("what came from sources")
        self._storing = asyncio.Lock()

    def count(self, source_id: int, outcome: Outcome, reason: str) -> None:
        key = (source_id, hour_of(self._now()), outcome, reason)
        if key not in self._counts and self._reasons_of(source_id) >= MOST_REASONS:
            key = (*key[:3], OTHER)
        self._counts[key] += 1
        self._changes.announce(source_id)

    def keep(self, body: SourceBody) -> None:
        """Cut; only the newest of each outcome are kept."""
        bodies = self._bodies.setdefault((body.source_id, body.outcome), deque(maxlen=MOST_BODIES))
        bodies.append(replace(body, body=body.body[:LONGEST_BODY]))
        self._changes.announce(body.source_id)

    async def change(self, body: SourceBody) -> None:
        """What became of a stored one. Raises StoreUnavailable."""
        await self._store.change_source_body(body)
        self._changes.announce(body.source_id)

    def subscribe(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Called with the id of a source from which something came; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    async def store(self) -> None:
        """What cannot be stored is tried again the next time."""
        async with self._storing:
            counts, self._counts = self._counts, Counter()
            bodies, self._bodies = self._bodies, {}
            if not counts and not bodies:
                return
            try:
                kept = sorted((body for some in bodies.values() for body in some), key=lambda body: body.at)
                await self._store.note_received(_counts_of(counts), kept, MOST_BODIES)
            except StoreUnavailable as error:
                log.warning("what came from sources cannot be counted yet: %s", error)
                self._put_back(counts, bodies)

    def forget(self, source_id: int) -> None:
        self._bodies = {key: bodies for key, bodies in self._bodies.items() if key[0] != source_id}

    def _put_back(self, counts: Counter[_Counted], bodies: _Kept) -> None:
        self._counts.update(counts)
        for key, earlier in bodies.items():
            later = self._bodies.get(key, ())
            self._bodies[key] = deque((*earlier, *later), maxlen=MOST_BODIES)

    def _reasons_of(self, source_id: int) -> int:
        return sum(key[0] == source_id for key in self._counts)


def hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // HOUR_SECONDS


def _counts_of(counts: Counter[_Counted]) -> list[SourceCount]:
    return [
        SourceCount(source_id=source_id, hour=hour, outcome=outcome, reason=reason, count=count)
        for (source_id, hour, outcome, reason), count in counts.items()
    ]
