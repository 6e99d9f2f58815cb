"""Time-ordered ids: each is greater than the one before, also when the clock goes back."""

import os
import time
from typing import Final

from ulid import ULID

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(first + second for first in _DIGITS for second in _DIGITS)
_RANDOM_BITS: Final = 80


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
        self._last = 0

    def new(self, prefix: str) -> str:
        """Such as `evt_01K…`: the prefix, an underscore, 26 characters of ULID.

        Within a millisecond, the next one is the last one plus a random step.
        """
        moment = self._clock() << _RANDOM_BITS
        random = int.from_bytes(os.urandom(10))
        self._last = moment | random if self._last < moment else self._last + 1 + (random >> 48)
        return f"{prefix}_{_written(self._last)}"

    def resume_after(self, id: str) -> None:
        """All later ones are greater than this one, which an earlier process made, perhaps by a clock ahead of ours."""
        self._clock.latest = max(self._clock.latest, ULID.from_str(id.rpartition("_")[2]).milliseconds + 1)


def _written(number: int) -> str:
    """128 bits as 26 digits."""
    return f"{_digits(number >> 120)[-2:]}{_digits(number >> 80)}{_digits(number >> 40)}{_digits(number)}"


def _digits(number: int) -> str:
    """Its last 40 bits, as eight digits."""
    bits = number & 0xFFFFFFFFFF
    return _PAIRS[bits >> 30] + _PAIRS[bits >> 20 & 1023] + _PAIRS[bits >> 10 & 1023] + _PAIRS[bits & 1023]
