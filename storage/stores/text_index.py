"""The index of the text of events, brought up to date before a search."""

from contextlib import suppress

from engine.errors import StoreUnavailable
from storage.queries import text_index
from storage.stores.base import SqlBase

MOST_INDEXED_FIRST = 2_000
MOST_STEPS = 300


class SqlTextIndex(SqlBase):
    async def index_text(self, limit: int) -> int:
        """How many it took; `limit` also where there are more."""
        pace = self._pace("text of events")
        (taken, more), seconds = await self._write_timed(text_index.index_text, min(limit, pace.size))
        pace.took(taken, seconds)
        return limit if more else taken

    async def _bring_text_up_to_date(self) -> None:
        """What the index lacks of the newest events. Where the disk refuses, the search goes on without them."""
        with suppress(StoreUnavailable):
            for _ in range(MOST_STEPS):
                if await self.index_text(MOST_INDEXED_FIRST) < MOST_INDEXED_FIRST:
                    return
