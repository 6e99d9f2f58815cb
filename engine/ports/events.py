"""Stored events: taken in, and read."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Event, Hook, Page, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A stored event. `seq` counts up in the order of acceptance."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A stored event, and where it was decided: with the hooks as of `revision`, at `decided_at`."""

    seq: int
    event: Event
    revision: int | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Newest first. `text` is words that all stand somewhere in the event's values or its id, also within other words;
    a phone number is found however written. A page by text may be short, and still have a next one: so much is looked
    through at once. The rest as in ExecutionQuery.

    `whole_words`: for whoever may not see all values, and could else find one out letter by letter.
    """

    limit: int = 50
    cursor: str | None = None
    type: str | None = None
    text: str = ""
    whole_words: bool = False
    test: bool | None = False
    since: datetime | None = None
    until: datetime | None = None


class EventSource(Protocol):
    """Reads stored events from wherever it is: it can be pickled, and taken to another process."""

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Without tests, newest first, below the seq `before`."""
        ...


class EventStore(Protocol):
    def source(self) -> EventSource: ...

    async def events(self, query: EventQuery) -> Page[Recorded]:
        """Raises InvalidQuery."""
        ...

    async def event(self, event_id: str) -> Recorded:
        """Raises NotFound."""
        ...

    async def events_by_id(self, ids: Sequence[str]) -> dict[str, Event]:
        """Without those that are not there."""
        ...

    async def latest_events(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Without tests, newest first, below the seq `before`."""
        ...

    async def hooks_as_of(self, revision: int, trigger: str) -> list[Hook]:
        """Those of an event type that were not deleted, each at its version of then, by id."""
        ...

    async def reasons(self, event_id: str) -> dict[int, tuple[Status, str]]:
        """Of the event's executions that were held or skipped: what became of them, and why they were, by hook id."""
        ...

    async def index_text(self, limit: int) -> int:
        """Makes that many more events searchable by text; gives how many these were."""
        ...


class Inbox(Protocol):
    async def append(self, events: Sequence[Event]) -> list[int | None]:
        """Stores all of them in one transaction; gives each one's seq, or None where its id was seen before."""
        ...

    async def undecided(self, limit: int, without: Set[int]) -> list[Accepted]:
        """Accepted and not yet decided, by seq, without those seqs."""
        ...
