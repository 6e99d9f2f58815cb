"""Indexes the text of events for search, in the background."""

import asyncio
from functools import partial

from engine.ports import EventStore
from engine.process.insist import insist

STEP = 500
WAIT_SECONDS = 1.0
PAUSE_SECONDS = 0.02


class TextIndex:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def run(self) -> None:
        """A little after the events, and in small steps: whoever searches meanwhile finds them all the same."""
        while True:
            indexed = await insist(partial(self._store.index_text, STEP), "events cannot be indexed")
            await asyncio.sleep(WAIT_SECONDS if indexed < STEP else PAUSE_SECONDS)
