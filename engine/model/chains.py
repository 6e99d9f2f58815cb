"""What came of what: events and runs, from the first to the last."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.executions import Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedRun:
    """A run within a chain, without its attempts, and the events that it made, oldest first."""

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
    """What an execution descends from, a line of one run for each event, and below it all that came of it.

    `cut`: earlier ones are not kept any more. `more`: more came of it than is shown.
    """

    root: ChainedEvent
    cut: bool
    more: bool
