"""Stores what internal actions change."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Change, Effects, Json, Notice, Task
from engine.model.metrics import Series
from engine.ports.events import Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """An internal action's response, and what to publish now that it is stored: nothing if the action was performed
    before."""

    answer: Json
    events: tuple[Accepted, ...] = ()
    notices: tuple[Notice, ...] = ()
    tasks: tuple[Task, ...] = ()
    recorded: tuple[Series, ...] = ()


Make = Callable[[Sequence[Change]], Awaitable[None]]
"""Stores changes that do not belong to an execution's action, in one transaction, and publishes them. Raises
Conflict."""


class EffectStore(Protocol):
    async def perform(self, execution_id: str, action: int, effects: Effects, at: datetime) -> Performed:
        """All changes and the response in one transaction, once per action of an execution: a repeated call changes
        nothing and gets the first response. Raises Conflict if something was changed concurrently; then nothing is
        stored."""
        ...

    async def make(self, changes: Sequence[Change], at: datetime) -> Performed:
        """Changes that do not belong to an execution's action, on every call; without a response."""
        ...
