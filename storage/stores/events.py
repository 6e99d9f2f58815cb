"""Writing and reading events."""

from collections.abc import Sequence, Set
from functools import lru_cache

from sqlalchemy import Engine as SqlEngine
from sqlmodel import Session

from engine.model import OWN, Event, Flow, Hook, Page, Status
from engine.ports import Accepted, DecidedEvent, EventQuery, Recorded
from storage import sqlite
from storage.queries import event_pages, hooks, text_index
from storage.queries import events as inbox
from storage.queries.executions import runs
from storage.stores.base import SqlBase


class Source:
    """An EventSource on the same database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        with Session(_reader_of(self._url)) as session:
            return event_pages.latest(session, type, before, limit)


@lru_cache(1)
def _reader_of(url: str) -> SqlEngine:
    return sqlite.read_engine(url)


class SqlInbox(SqlBase):
    async def append(self, events: Sequence[Event], decided: Sequence[DecidedEvent] = ()) -> list[Accepted | None]:
        if decided:
            return await self._writer.submit(inbox.accept, (events, decided), refusable=True)
        bulk = any(event.flow.bulk for event in events)
        return await self._writer.submit(inbox.append, events, refusable=True, bulk=bulk)

    async def flows(self) -> list[Flow]:
        return await self._read(inbox.flows)

    async def undecided(self, limit: int, without: Set[int], flow: Flow = OWN) -> list[Accepted]:
        return await self._read(inbox.undecided, limit, without, flow)


class SqlEvents(SqlBase):
    def source(self) -> "Source":
        return Source(self._url)

    async def events(self, query: EventQuery) -> Page[Recorded]:
        return await self._read(event_pages.page, query)

    async def event(self, event_id: str) -> Recorded:
        return await self._read(event_pages.one, event_id)

    async def events_by_id(self, ids: Sequence[str]) -> dict[str, Event]:
        return await self._read(event_pages.by_id, ids)

    async def latest_events(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        return await self._read(event_pages.latest, type, before, limit)

    async def hooks_as_of(self, revision: int, trigger: str) -> list[Hook]:
        return await self._read(hooks.as_of, revision, trigger)

    async def reasons(self, event_id: str) -> dict[int, tuple[Status, str]]:
        return await self._read(runs.reasons, event_id)

    async def index_text(self, limit: int) -> int:
        """How many it took; `limit` also where there are more."""
        pace = self._pace("text of events")
        (taken, more), seconds = await self._write_timed(text_index.index_text, min(limit, pace.size))
        pace.took(taken, seconds)
        return limit if more else taken
