"""Stored events: writing and reading them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import OWN, Event, Flow, Hook, Page, Status, View
from engine.ports.executions import DecidedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A stored event. `seq` counts up in the order of acceptance; `decided`: it was stored with its decisions."""

    seq: int
    event: Event
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A stored event, and how it was decided: with the hooks as of `revision`, at `decided_at`."""

    seq: int
    event: Event
    revision: int | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Newest first. `text` is words that must all occur in the event's values or its id, also within other words; phone
    numbers match in any format. A text page may be short and still have a next one, since the search per page is
    bounded. The rest as in ExecutionQuery.

    `view`: for those who do not see all values. They search what they see, and beyond that only whole values, or they
    could find one out letter by letter.
    """

    limit: int = 50
    cursor: str | None = None
    type: str | None = None
    text: str = ""
    view: View | None = None
    test: bool | None = False
    since: datetime | None = None
    until: datetime | None = None


class EventSource(Protocol):
    """Reads stored events; can be pickled and used in another process."""

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Excludes tests; newest first, below the seq `before`."""
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
        """Omits unknown ids."""
        ...

    async def latest_events(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Excludes tests; newest first, below the seq `before`."""
        ...

    async def hooks_as_of(self, revision: int, trigger: str) -> list[Hook]:
        """An event type's hooks that were not deleted, each at its version at the time, by id."""
        ...

    async def reasons(self, event_id: str) -> dict[int, tuple[Status, str]]:
        """The event's executions that were held or skipped, by hook id: the status and the reason."""
        ...

    async def index_text(self, limit: int) -> int:
        """Indexes up to that many more events for text search; returns how many it indexed."""
        ...


class Inbox(Protocol):
    async def append(self, events: Sequence[Event], decided: Sequence[DecidedEvent] = ()) -> list[Accepted | None]:
        """Stores all of them in one transaction, with the decisions on each, if there are any; returns None for an id
        that was seen before.

        While an event about an entity is undecided, later ones about it join its flow, so that they keep their order:
        then their decisions are dropped.
        """
        ...

    async def flows(self) -> list[Flow]:
        """Those with undecided events."""
        ...

    async def undecided(self, limit: int, without: Set[int], flow: Flow = OWN) -> list[Accepted]:
        """A flow's undecided events by seq, except those seqs."""
        ...
