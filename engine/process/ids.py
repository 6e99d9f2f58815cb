"""Time-ordered ids: each is greater than the one before, also when the clock goes back."""

import time

from ulid import ULID, LaxMonotonicPolicy, ULIDGenerator


class _ForwardClock:
    """Milliseconds since 1970 that never decrease."""

    def __init__(self) -> None:
        self.latest = 0

    def __call__(self) -> int:
        self.latest = max(self.latest, time.time_ns() // 1_000_000)
        return self.latest


class Ids:
    def __init__(self) -> None:
        self._clock = _ForwardClock()
        self._generator = ULIDGenerator(clock=self._clock, policy=LaxMonotonicPolicy())

    def new(self, prefix: str) -> str:
        """Such as `evt_01K…`: the prefix, an underscore, 26 characters of ULID."""
        return f"{prefix}_{self._generator.generate()}"

    def resume_after(self, id: str) -> None:
        """All later ones are greater than this one, which an earlier process made, perhaps by a clock ahead of ours."""
        self._clock.latest = max(self._clock.latest, ULID.from_str(id.rpartition("_")[2]).milliseconds + 1)
