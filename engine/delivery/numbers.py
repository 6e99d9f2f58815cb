"""The numbers of an execution's attempts: given as each is written, so that there is none without a row before it."""

import asyncio
from dataclasses import dataclass, field, replace

from engine.model import Attempt

UNNUMBERED = 0


@dataclass(slots=True, kw_only=True)
class Numbers:
    """Of one execution, while it runs. Whoever writes an attempt has `in_order` until that is on disk."""

    next: int
    in_order: asyncio.Lock = field(default_factory=asyncio.Lock)

    def numbered(self, attempt: Attempt) -> Attempt:
        """As it is where it was marked as running, and has its number from then."""
        if attempt.number != UNNUMBERED:
            return attempt
        numbered = replace(attempt, number=self.next)
        self.next += 1
        return numbered
