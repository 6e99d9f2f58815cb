"""The time by which what is stored grows old: not the wall clock's, where that has jumped ahead. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.model import Json

A_JUMP: Final = timedelta(hours=1)
TRUSTED_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """`ahead_for` is for how much running time the wall clock has been ahead of `at`."""

    at: datetime
    ahead_for: timedelta = timedelta(0)

    @property
    def is_behind(self) -> bool:
        return self.ahead_for > timedelta(0)


def advanced(last: TrustedTime, elapsed: timedelta, now: datetime) -> TrustedTime:
    """After a further `elapsed` of running time. A wall clock that is ahead is trusted once it has been so for a day of
    that, however often the process ended meanwhile."""
    at, ahead_for = last.at + elapsed, last.ahead_for + elapsed
    if now - at < A_JUMP or ahead_for >= TRUSTED_AFTER:
        return TrustedTime(now)
    return TrustedTime(at, ahead_for)


def as_json(time: TrustedTime) -> Json:
    return {"at": time.at.isoformat(), "ahead_seconds": time.ahead_for.total_seconds()}


def from_json(stored: Json) -> TrustedTime | None:
    """None if nothing was stored."""
    match stored:
        case {"at": str(at), "ahead_seconds": int() | float() as seconds}:
            return TrustedTime(datetime.fromisoformat(at), timedelta(seconds=seconds))
        case _:
            return None
