"""Executions: decided, run, waiting, and read."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.model import Attempt, Chain, Event, Execution, Hook, HookHealth, HookType, Job, Page, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedEvent:
    """What became of an accepted event: with the hooks as of `revision`, at `at`, these executions were made."""

    seq: int
    revision: int
    at: datetime
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One attempt of an execution (None: nothing was called), the state that it is in after it, and the hook's health
    if that changed."""

    execution: Execution
    attempt: Attempt | None
    health: HookHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsQuery:
    """Runs of a hook (about one subject, where it is given) that count between two moments, the later one included.

    `shadow` asks for those that it had in shadow, and else for those that are sent. Unless `all` are to be counted, it
    is enough to know of the last.
    """

    hook_id: int
    shadow: bool
    subject: str | None
    after: datetime
    until: datetime
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many there are, and when the last of them counts."""

    count: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQuery:
    """Newest first. `cursor` is what the page before gave as `next`; `since` and `until` bound `created_at`.

    `text` is words in the event's values, as in EventQuery; then the newest events come first. `whole_words` as there.
    """

    limit: int = 50
    cursor: str | None = None
    hook_id: int | None = None
    event_id: str | None = None
    status: Status | None = None
    type: HookType | None = None
    test: bool | None = None
    text: str = ""
    whole_words: bool = False
    since: datetime | None = None
    until: datetime | None = None


class ExecutionStore(Protocol):
    async def decide(self, decided: Sequence[DecidedEvent]) -> None:
        """Marks the events as decided and inserts the executions, in one transaction.

        An event that was decided before stays as it was, and its executions are left out.
        """
        ...

    async def add_test(self, event: Event, execution: Execution) -> None:
        """An event that was never accepted (marked as a test, and as decided) and its one execution."""
        ...

    async def add_execution(self, execution: Execution) -> None:
        """One more for an event that is stored already."""
        ...

    async def start(self, progress: Progress) -> None:
        """pending or retrying → running, with an attempt that counts as interrupted until its end is recorded."""
        ...

    async def record(self, progress: Progress) -> None:
        """Stores the attempt's end, brings the execution to its new state, and counts it in the hook's statistics.

        An execution that is finished stays as it is.
        """
        ...

    async def cancel(self, execution: Execution) -> None:
        """Brings an execution that waits for an attempt to its end, without one."""
        ...

    async def runs(self, queries: Sequence[RunsQuery]) -> list[Runs]:
        """The answer to each."""
        ...

    async def held(self, now: datetime, limit: int) -> list[Job]:
        """Executions that are held and may go, the longest due first."""
        ...

    async def waiting_behind(self, hook: Hook) -> int:
        """How many executions of a hook, tests left out, wait with an older version than this one, and could have it:
        none of their attempts is of an action that it does not have."""
        ...

    async def move_waiting(self, hook: Hook) -> int:
        """Gives all of them this version; gives how many these were."""
        ...

    async def release(self, execution_ids: Sequence[str]) -> list[str]:
        """held → pending; gives the ids of those that were held."""
        ...

    async def unpark(self, versions: Sequence[tuple[str, int]]) -> list[str]:
        """parked → pending, each id with the version of its hook that it is to run by; gives the ids of those that
        were parked."""
        ...

    async def waiting_of(self, hook_id: int, most: int) -> int:
        """How many executions of a hook wait, run or are held; counted no further than to `most`."""
        ...

    async def has_parked(self, hook_id: int) -> bool: ...

    async def put_back(self) -> None:
        """running → pending, for what ran when an earlier process ended."""
        ...

    async def pending(self, hook_id: int, limit: int, without: Set[str]) -> list[Job]:
        """Executions of a hook that wait for their first attempt, or were put back, by id, without those ids.

        Of an ordered hook only those that are the first of their line.
        """
        ...

    async def hooks_with_pending(self) -> list[int]: ...

    async def first_in_line(self, hook_id: int, entity: str) -> Job | None:
        """The first unfinished execution of an ordered hook about an entity."""
        ...

    async def due(self, hook_id: int, now: datetime, limit: int, without: Set[str]) -> list[Job]:
        """Executions whose next attempt is due, the longest due first, without those ids."""
        ...

    async def hooks_with_due(self, now: datetime) -> list[int]: ...

    async def advance_due(self, by: timedelta) -> None:
        """Brings every next attempt forward, after the clock went back by so much."""
        ...

    async def newest_execution(self) -> tuple[str, datetime] | None:
        """The id of the last one that was made, and when."""
        ...

    async def backlog(self) -> int:
        """How many events and executions wait, all in all, apart from what is parked."""
        ...

    async def count_undecided(self) -> int:
        """How many events wait to be decided."""
        ...

    async def executions(self, query: ExecutionQuery) -> Page[Execution]: ...

    async def chain(self, execution_id: str, most: int) -> Chain:
        """`most` bounds the events below it, and their runs. Raises NotFound."""
        ...

    async def execution(self, execution_id: str) -> Job:
        """With its attempts, its event, and its hook at the version of then. Raises NotFound."""
        ...
