"""The numbers of an execution's attempts, assigned as each is written, so that they have no gaps."""

import asyncio
from dataclasses import dataclass, field, replace

from engine.model import Attempt

UNNUMBERED = 0


@dataclass(slots=True, kw_only=True)
class Numbers:
    """For one run, which calls each action at most once. A call that is sent again keeps the number under which it was
    marked as running. Hold `in_order` until the attempt is on disk."""

    next: int
    in_order: asyncio.Lock = field(default_factory=asyncio.Lock)
    _given: dict[int, int] = field(default_factory=dict[int, int])

    def provisional(self, attempt: Attempt) -> Attempt:
        """With the number of its action, or the next one, which stays available."""
        return replace(attempt, number=self._given.get(attempt.action, self.next))

    def numbered(self, attempt: Attempt) -> Attempt:
        """With the number of its action, which is taken from now on."""
        numbered = self.provisional(attempt)
        self._given[attempt.action] = numbered.number
        self.next = max(self.next, numbered.number + 1)
        return numbered
