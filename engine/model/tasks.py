"""Follow-ups with a deadline, and the events that they emit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.model.events import Link
from engine.model.json import Json


class FollowUpType(StrEnum):
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """What a person, a program or a hook defines. The fields of `lead` go into the data of the events that it emits.

    The deadline reminder is emitted `warn_minutes` before the deadline.
    """

    title: str
    due_at: datetime
    deadline_at: datetime | None = None
    warn_minutes: int = 60
    follow_up_type: FollowUpType = FollowUpType.CALL
    assigned_to: str = ""
    priority: Priority = Priority.NORMAL
    notes: str = ""
    lead: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A follow-up with its deadline. `done_at` and `done_by` are None while it is open.

    `chain` is the runs that it descends from, if a hook created or last changed it; a `test` task emits test events.
    `inherited` is as in Event.
    """

    id: str
    definition: TaskDefinition
    created_at: datetime
    created_by: str
    updated_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    chain: tuple[Link, ...] = ()
    test: bool = False
    inherited: Mapping[str, Json] = field(default_factory=dict[str, Json])

    @property
    def state(self) -> TaskState:
        return TaskState.OPEN if self.done_at is None else TaskState.DONE


class PlanKind(StrEnum):
    """The event that a plan emits: a task's Follow-up Due or Deadline Approaching."""

    FOLLOW_UP = "follow_up"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a task will emit, and when."""

    kind: PlanKind
    due_at: datetime
