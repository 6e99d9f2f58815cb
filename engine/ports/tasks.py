"""Follow-ups, and their plans."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Event, Page, Plan, Task, TaskState
from engine.ports.events import Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A plan that is due. `seq` identifies it: a rescheduled plan gets a new one."""

    seq: int
    plan: Plan
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A plan and the event to emit for it."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Open ones first, by due time; then done ones, last done first.

    `text` is word prefixes in title, notes, person or lead; `since` and `until` bound `due_at`. `view` as in
    EventQuery.
    """

    limit: int = 50
    cursor: str | None = None
    state: TaskState | None = None
    assigned_to: str | None = None
    text: str = ""
    view: Callable[[Task], Task] | None = None
    since: datetime | None = None
    until: datetime | None = None


class TaskStore(Protocol):
    async def add_task(self, task: Task, plans: Sequence[Plan], event: Event) -> Accepted | None:
        """Stores the task, its plans, and the event that announces it, in one transaction; returns that event."""
        ...

    async def save_task(self, task: Task, plans: Sequence[Plan], deleted_at: datetime | None = None) -> None:
        """Replaces it. A plan for the same time stays, fired or not; all others are withdrawn or added."""
        ...

    async def task(self, task_id: str, *, deleted: bool = False) -> Task:
        """Also returns deleted ones. Raises NotFound."""
        ...

    async def tasks(self, query: TaskQuery) -> Page[Task]:
        """Raises InvalidQuery."""
        ...

    async def task_people(self, limit: int) -> list[str]:
        """The people that open tasks are assigned to, by name."""
        ...


class PlanStore(Protocol):
    async def due_plans(self, now: datetime, limit: int, without: Set[int]) -> list[Due]:
        """Longest due first, except those seqs."""
        ...

    async def fire(self, firings: Sequence[Firing]) -> list[Accepted | None]:
        """Marks the plans as fired and stores their events, in one transaction; returns the events.

        None, and nothing is stored, if the plan was withdrawn or has fired.
        """
        ...
