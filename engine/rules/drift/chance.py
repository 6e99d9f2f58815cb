"""When a field that came so often, and now comes so seldom, is more than chance. Pure."""

from functools import lru_cache
from math import comb
from typing import Final

SURE: Final = 0.001
LOOKS: Final = 10**8
"""A million events of a hundred fields: within so many looks, chance does it with a probability below SURE."""
CERTAIN: Final = 0.99
"""No share counts as higher: nothing that was seen a few times is certain."""


@lru_cache(10_000)
def most_by_change(events: int, percent: int) -> int:
    """Of so many events, at most how many can have a field that came in so many percent before, if that is a change; -1
    where even none could be chance."""
    share = min(percent / 100, CERTAIN)
    left, most = SURE / LOOKS, -1
    while True:
        left -= comb(events, most + 1) * share ** (most + 1) * (1 - share) ** (events - most - 1)
        if left < 0:
            return most
        most += 1
