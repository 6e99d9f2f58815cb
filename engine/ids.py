"""Time-ordered ids: within a process each is greater than the one before, also when the clock goes back."""

import time

from ulid import LaxMonotonicPolicy, ULIDGenerator


class _ForwardClock:
    """Milliseconds since 1970 that never decrease."""

    def __init__(self) -> None:
        self._latest = 0

    def __call__(self) -> int:
        self._latest = max(self._latest, time.time_ns() // 1_000_000)
        return self._latest


class Ids:
    def __init__(self) -> None:
        self._generator = ULIDGenerator(clock=_ForwardClock(), policy=LaxMonotonicPolicy())

    def new(self, prefix: str) -> str:
        """Such as `evt_01K…`: the prefix, an underscore, 26 characters of ULID."""
        return f"{prefix}_{self._generator.generate()}"
