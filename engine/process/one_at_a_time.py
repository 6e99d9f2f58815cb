"""What somebody asks for that takes a while runs one after the other, so that nobody's requests crowd out others'."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from engine.errors import Overloaded

MOST_WAITING: Final = 3
RETRY_AFTER_SECONDS: Final = 5
_FULL: Final = "You already have a few tests and back-tests running. They run one after the other; wait for these."


class OneAtATime:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._asked: Counter[Hashable] = Counter()

    @asynccontextmanager
    async def turn(self, who: Hashable | None) -> AsyncGenerator[None]:
        """Waits for what they asked for before; at once for None. Raises Overloaded if several wait already."""
        if who is None:
            yield
            return
        if self._asked[who] > MOST_WAITING:
            raise Overloaded(_FULL, RETRY_AFTER_SECONDS)
        lock = self._locks.setdefault(who, asyncio.Lock())
        self._asked[who] += 1
        try:
            async with lock:
                yield
        finally:
            self._asked[who] -= 1
            if not self._asked[who]:
                del self._asked[who]
