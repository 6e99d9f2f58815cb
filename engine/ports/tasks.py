"""Follow-ups, and what they plan."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Event, Page, Plan, Task, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A plan whose time has come. `seq` names it: what is planned anew bears another."""

    seq: int
    plan: Plan
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """The event that a plan is to emit."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Open ones first, by the time that they are due; then those that are done, the last first.

    `text` is words, each the beginning of one in title, notes, person or lead; `since` and `until` bound `due_at`.
    `whole_words` as in EventQuery.
    """

    limit: int = 50
    cursor: str | None = None
    state: TaskState | None = None
    assigned_to: str | None = None
    text: str = ""
    whole_words: bool = False
    since: datetime | None = None
    until: datetime | None = None


class TaskStore(Protocol):
    async def add_task(self, task: Task, plans: Sequence[Plan], event: Event) -> int | None:
        """The task, what it plans, and the event that tells of it, in one transaction; gives the event's seq."""
        ...

    async def save_task(self, task: Task, plans: Sequence[Plan], deleted_at: datetime | None = None) -> None:
        """As it is now. A plan for the same moment stays as it is, fired or not; any other is withdrawn or planned."""
        ...

    async def task(self, task_id: str, *, deleted: bool = False) -> Task:
        """One that is there, or one that was deleted. Raises NotFound."""
        ...

    async def tasks(self, query: TaskQuery) -> Page[Task]:
        """Raises InvalidQuery."""
        ...

    async def task_people(self, limit: int) -> list[str]:
        """To whom open tasks are assigned, by name."""
        ...


class PlanStore(Protocol):
    async def due_plans(self, now: datetime, limit: int, without: Set[int]) -> list[Due]:
        """The longest due first, without those seqs."""
        ...

    async def fire(self, firings: Sequence[Firing]) -> list[int | None]:
        """Marks the plans as fired and stores their events, in one transaction; gives each event's seq.

        None, and nothing is stored, where the plan was withdrawn or has fired.
        """
        ...
