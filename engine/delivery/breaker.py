"""Targets in trouble: one that fails 7 of 10 calls within a minute is paused, and probed with one call at a time.

A target is the scheme, host and port of an address. Times are seconds of a clock that never jumps. What waits for a
target waits before its call: no attempt is used up. Nothing is stored: after a restart, targets are called anew.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.model import Attempt, ErrorClass

log = logging.getLogger(__name__)

CALLS = 10
FAILURES = 7
WITHIN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
PROBE_SECONDS = 1.0
MOST_TARGETS = 2_000

_NOT_ITS_FAULT = frozenset(
    {ErrorClass.ADDRESS_REFUSED, ErrorClass.TEMPLATE_ERROR, ErrorClass.INTERRUPTED, ErrorClass.INTERNAL_ERROR}
)
_IN_TROUBLE = frozenset({408, 425, 429})


@dataclass(slots=True)
class _Target:
    """`until` is when the pause ends, None while it is called as usual; `pause` is the length of the last one."""

    calls: deque[tuple[float, bool]] = field(default_factory=lambda: deque[tuple[float, bool]](maxlen=CALLS))
    until: float | None = None
    pause: float = 0.0
    probing: bool = False


class Breaker:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._targets: dict[str, _Target] = {}

    def claim(self, target: str) -> float:
        """0 where it may be called now, which of a paused one is told to a single caller; else seconds to ask again in.

        Whoever was told 0 says by `record`, or `give_back`, what came of it.
        """
        known = self._targets.get(target)
        if known is None or known.until is None:
            return 0.0
        if known.probing:
            return PROBE_SECONDS
        if (left := known.until - self._clock()) > 0:
            return left
        known.probing = True
        return 0.0

    def give_back(self, target: str) -> None:
        """Whoever claimed it calls it no more, whether or not there was a call to record."""
        if known := self._targets.get(target):
            known.probing = False

    def record(self, target: str, attempt: Attempt) -> None:
        known = self._of(target)
        failed, now = in_trouble(attempt), self._clock()
        if known.until is not None:
            if not known.probing:
                return  # a call from before the pause
            if failed:
                self._pause(target, known, min(known.pause * 2, LONGEST_PAUSE_SECONDS))
            else:
                log.info("%s answers again", target)
                del self._targets[target]
            return
        known.calls.append((now, failed))
        recent = [bad for at, bad in known.calls if at > now - WITHIN_SECONDS]
        if len(recent) == CALLS and sum(recent) >= FAILURES:
            self._pause(target, known, FIRST_PAUSE_SECONDS)

    def paused(self) -> dict[str, float]:
        """The paused targets, with the seconds until each is probed."""
        now = self._clock()
        return {
            target: max(0.0, known.until - now) for target, known in self._targets.items() if known.until is not None
        }

    def _pause(self, target: str, known: _Target, seconds: float) -> None:
        log.warning("%s fails: it is paused for %g seconds, and then probed", target, seconds)
        known.calls.clear()
        known.until, known.pause, known.probing = self._clock() + seconds, seconds, False

    def _of(self, target: str) -> _Target:
        """When full, the one that was known longest is forgotten, unless it is paused."""
        if target not in self._targets and len(self._targets) >= MOST_TARGETS:
            oldest = next((name for name, one in self._targets.items() if one.until is None), None)
            if oldest is not None:
                del self._targets[oldest]
        return self._targets.setdefault(target, _Target())


def target_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def in_trouble(attempt: Attempt) -> bool:
    """Whether an attempt speaks against its target as a whole, and not against this one request."""
    if attempt.error is None or attempt.error.error_class in _NOT_ITS_FAULT:
        return False
    status = attempt.status_code
    return status is None or status >= 500 or status in _IN_TROUBLE
