"""Runs of many executions again."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Protocol

from engine.model import Execution, Job, Replay, ReplayQuery
from engine.ports.events import Recorded


class ReplayStore(Protocol):
    async def last_seq(self, query: ReplayQuery) -> int:
        """Of executions; of events, where it is about what was skipped."""
        ...

    async def count_pairs(self, query: ReplayQuery, last: int, hooks: Set[int]) -> int:
        """How many pairs of an event and one of these hooks a replay of executions runs again, up to the seq `last`."""
        ...

    async def pairs(
        self, query: ReplayQuery, after: int, last: int, hooks: Set[int], limit: int
    ) -> list[tuple[int, Job]]:
        """The newest execution of each such pair with its seq, oldest first, beyond the seq `after` up to `last`."""
        ...

    async def passed(self, query: ReplayQuery, trigger: str, after: int, last: int, limit: int) -> list[Recorded]:
        """DecidedEvent events of a type for which `query.hook_id` has no execution, in the same order and bounds."""
        ...

    async def add_replay(self, replay: Replay) -> Replay:
        """Gives it with its id."""
        ...

    async def step_replay(self, replay: Replay, executions: Sequence[Execution]) -> bool:
        """Stores how far it has come, and the executions that it made, in one transaction.

        False, and nothing is stored, where it was stopped meanwhile.
        """
        ...

    async def stop_replay(self, replay_id: int, at: datetime) -> Replay:
        """Raises NotFound."""
        ...

    async def replay(self, replay_id: int) -> Replay:
        """Raises NotFound."""
        ...

    async def replays(self, limit: int) -> list[Replay]:
        """Newest first."""
        ...
