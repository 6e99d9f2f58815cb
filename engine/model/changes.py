"""What internal actions change."""

from dataclasses import dataclass

from engine.model.access import Role
from engine.model.events import Event
from engine.model.json import Json
from engine.model.leads import SaveLead
from engine.model.metrics import Measurement, Turn
from engine.model.tasks import Plan, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to come out of an action: it is taken in by the transaction that holds all else that the action does."""

    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """As a Notice."""

    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """As a Mail. To be sent after all else that the action does is on disk."""

    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """With what it plans."""

    task: Task
    plans: tuple[Plan, ...]


Change = NewEvent | NewNotice | NewMail | NewTask | SaveLead | Measurement | Turn
"""What an internal action may change; one function each in `storage/queries/effects`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an internal action does, all of it or nothing, and what it answers."""

    answer: Json
    changes: tuple[Change, ...] = ()
