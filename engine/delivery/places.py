"""A number of places that can be changed while they are taken: those who wait get theirs in the order they came."""

import asyncio
from collections import OrderedDict


class Places:
    def __init__(self, total: int) -> None:
        self._total = total
        self._taken: set[str] = set()
        self._waiting: OrderedDict[str, asyncio.Future[None]] = OrderedDict()

    @property
    def is_full(self) -> bool:
        return len(self._taken) >= self._total

    def resize(self, total: int) -> None:
        """Whoever has a place keeps it."""
        self._total = total
        self._let_in()

    def take_if_free(self, id: str) -> bool:
        if self.is_full:
            return False
        self._taken.add(id)
        return True

    async def take(self, id: str) -> None:
        """At once where there is one."""
        if self.take_if_free(id):
            return
        turn = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            await turn
        except BaseException:
            self._waiting.pop(id, None)
            self.give_back(id)
            raise

    def give_back(self, id: str) -> None:
        """Of a place that was given back before, nothing comes."""
        if id in self._taken:
            self._taken.discard(id)
            self._let_in()

    def _let_in(self) -> None:
        while self._waiting and not self.is_full:
            id, turn = self._waiting.popitem(last=False)
            if not turn.done():
                self._taken.add(id)
                turn.set_result(None)
