"""Rate limits of API keys: a token bucket with one minute's capacity that refills evenly. Times are in seconds.

A call is allowed if at least one token is left, even if it costs more: the next call waits until the debt is repaid.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0
MOST = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def take(self, key_id: int, rate: int) -> float:
        """Takes one call of a key with `rate` calls a minute: 0 if it is allowed, else the seconds until it would
        be."""
        now = self._clock()
        bucket = self._buckets.get(key_id)
        if bucket is None:
            bucket = self._buckets[key_id] = _Bucket(rate, now)
            while len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        bucket.left = min(rate, bucket.left + (now - bucket.at) * rate / MINUTE)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) * MINUTE / rate
        bucket.left -= 1
        return 0.0

    def charge(self, key_id: int, calls: int) -> None:
        """Charges further calls, beyond the one that was taken."""
        if bucket := self._buckets.get(key_id):
            bucket.left -= calls
