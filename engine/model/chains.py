"""Chains: which events and runs followed from which."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.executions import Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedRun:
    """A run within a chain, without its attempts, and the events that it emitted, oldest first."""

    execution: Execution
    made: tuple["ChainedEvent", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An event within a chain, and its runs, oldest first."""

    id: str
    type: str
    occurred_at: datetime
    runs: tuple[ChainedRun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """An execution's ancestors, one run per event in a line, and below them everything that followed.

    `cut`: earlier ones are no longer stored. `more`: there are more descendants than shown.
    """

    root: ChainedEvent
    cut: bool
    more: bool
