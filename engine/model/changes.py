"""What internal actions change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.access import Role
from engine.model.events import Event
from engine.model.json import Json
from engine.model.leads import SaveLead
from engine.model.metrics import Measurement, Turn
from engine.model.tasks import Plan, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to emit: accepted in the same transaction as everything else that the action does."""

    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """The fields of a Notice."""

    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None
    inherited: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """The fields of a Mail. Sent once everything else that the action does is stored."""

    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task with its plans."""

    task: Task
    plans: tuple[Plan, ...]


Change = NewEvent | NewNotice | NewMail | NewTask | SaveLead | Measurement | Turn
"""What an internal action may change; each has a function in `storage/queries/effects`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an internal action does, all or nothing, and its response."""

    answer: Json
    changes: tuple[Change, ...] = ()
