"""Executions: creating, running, queueing and reading them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.model import Attempt, Chain, Event, Execution, Hook, HookHealth, HookType, Job, Page, Status, View


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedEvent:
    """An event's decisions: with the hooks as of `revision`, at `at`, these executions were created. `seq` is 0 for one
    that is stored with them."""

    seq: int
    revision: int
    at: datetime
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One attempt of an execution (None: no call was made), the execution's state after it, and the hook's health if it
    changed."""

    execution: Execution
    attempt: Attempt | None
    health: HookHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsQuery:
    """Runs of a hook (about one subject, if given) that count between two times, the later one included.

    `shadow` selects those in shadow mode, otherwise those that are sent. Unless `all` must be counted, knowing the
    latest is enough.
    """

    hook_id: int
    shadow: bool
    subject: str | None
    after: datetime
    until: datetime
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many there are, and the time at which the latest counts."""

    count: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQuery:
    """Newest first. `cursor` is the `next` of the previous page; `since` and `until` bound `created_at`.

    `text` is words in the event's values, as in EventQuery; results are then ordered by newest event. `view` as
    there.
    """

    limit: int = 50
    cursor: str | None = None
    hook_id: int | None = None
    event_id: str | None = None
    status: Status | None = None
    type: HookType | None = None
    test: bool | None = None
    text: str = ""
    view: View | None = None
    since: datetime | None = None
    until: datetime | None = None


class ExecutionStore(Protocol):
    async def decide(self, decided: Sequence[DecidedEvent]) -> None:
        """Marks the events as decided and inserts the executions, in one transaction.

        An event that was decided before stays unchanged, and its executions are dropped.
        """
        ...

    async def add_test(self, event: Event, execution: Execution) -> None:
        """Stores an event that was never accepted (marked as a test, and as decided) and its one execution."""
        ...

    async def add_execution(self, execution: Execution) -> None:
        """One more for an event that is already stored."""
        ...

    async def start(self, progress: Progress) -> None:
        """pending or retrying → running, with an attempt that counts as interrupted until its end is recorded."""
        ...

    async def record(self, progress: Progress) -> None:
        """Stores the end of the attempt, moves the execution to its new state, and updates the hook's statistics.

        A finished execution stays unchanged.
        """
        ...

    async def cancel(self, execution: Execution) -> None:
        """Ends an execution that waits for an attempt, without one."""
        ...

    async def runs(self, queries: Sequence[RunsQuery]) -> list[Runs]:
        """One result per query, in order."""
        ...

    async def held(self, now: datetime, limit: int) -> list[Job]:
        """Held executions that may be released, longest due first."""
        ...

    async def waiting_behind(self, hook: Hook) -> int:
        """How many executions of a hook, excluding tests, wait with a version older than this one and could move to it:
        none of their attempts is for an action that it lacks."""
        ...

    async def move_waiting(self, hook: Hook) -> int:
        """Moves all of them to this version; returns how many."""
        ...

    async def release(self, execution_ids: Sequence[str]) -> list[str]:
        """held → pending; returns the ids of those that were held."""
        ...

    async def unpark(self, versions: Sequence[tuple[str, int]]) -> list[str]:
        """parked → pending, each id with the hook version to run; returns the ids of those that were parked."""
        ...

    async def waiting_of(self, hook_id: int, most: int) -> int:
        """How many executions of a hook are unfinished and not parked; counts up to `most`."""
        ...

    async def has_parked(self, hook_id: int) -> bool: ...

    async def put_back(self) -> None:
        """running → pending, for executions that an earlier process left running."""
        ...

    async def pending(self, hook_id: int, limit: int, without: Set[str], *, bulk: bool = False) -> list[Job]:
        """A hook's executions that wait for their first attempt, or were put back, by id, except those ids.

        For an ordered hook, only the first of each queue.
        """
        ...

    async def hooks_with_pending(self) -> list[int]: ...

    async def first_in_line(self, hook_id: int, entity: str) -> Job | None:
        """The first unfinished execution of an ordered hook about an entity."""
        ...

    async def due(self, hook_id: int, now: datetime, limit: int, without: Set[str]) -> list[Job]:
        """Executions whose next attempt is due, longest due first, except those ids."""
        ...

    async def hooks_with_due(self, now: datetime) -> list[int]: ...

    async def advance_due(self, by: timedelta) -> None:
        """Moves every next attempt earlier by that much, after the clock was set back."""
        ...

    async def newest_execution(self) -> tuple[str, datetime] | None:
        """The id and creation time of the latest execution."""
        ...

    async def backlog(self) -> int:
        """The total number of events and executions that are queued, excluding parked ones."""
        ...

    async def count_undecided(self) -> int:
        """The number of undecided events."""
        ...

    async def executions(self, query: ExecutionQuery) -> Page[Execution]: ...

    async def chain(self, execution_id: str, most: int) -> Chain:
        """`most` limits the events below it, and their runs. Raises NotFound."""
        ...

    async def execution(self, execution_id: str) -> Job:
        """With its attempts, its event, and its hook at the version at the time. Raises NotFound."""
        ...
