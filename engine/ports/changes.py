"""What internal actions change."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Change, Effects, Json, Notice, Task
from engine.model.metrics import Series
from engine.ports.events import Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The answer of an internal action, and what has to be told of now that it is on disk: nothing, where the action
    was performed before."""

    answer: Json
    events: tuple[Accepted, ...] = ()
    notices: tuple[Notice, ...] = ()
    tasks: tuple[Task, ...] = ()
    recorded: tuple[Series, ...] = ()


Make = Callable[[Sequence[Change]], Awaitable[None]]
"""Stores changes that no action of an execution causes, in one transaction, and tells of them. Raises Conflict."""


class EffectStore(Protocol):
    async def perform(self, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
        """All changes and the answer in one transaction, once for each action of an execution: what comes again changes
        nothing, and gets the first answer. Raises Conflict where something was changed meanwhile; then nothing is."""
        ...

    async def make(self, changes: Sequence[Change], at: datetime) -> Performed:
        """Changes that no action of an execution causes, as often as it is asked; without an answer."""
        ...
