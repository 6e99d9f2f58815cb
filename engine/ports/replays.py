"""Replays of many executions."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Protocol

from engine.model import Execution, Job, Replay, ReplayQuery
from engine.ports.events import Recorded


class ReplayStore(Protocol):
    async def last_seq(self, query: ReplayQuery) -> int:
        """Of executions; or of events, if the replay is about skipped ones."""
        ...

    async def count_pairs(self, query: ReplayQuery, last: int, hooks: Set[int]) -> int:
        """How many pairs of an event and one of these hooks a replay covers, up to the seq `last`."""
        ...

    async def pairs(
        self, query: ReplayQuery, after: int, last: int, hooks: Set[int], limit: int
    ) -> list[tuple[int, Job]]:
        """The newest execution of each such pair with its seq, oldest first, after the seq `after` up to `last`."""
        ...

    async def passed(self, query: ReplayQuery, trigger: str, after: int, last: int, limit: int) -> list[Recorded]:
        """Decided events of a type without an execution of `query.hook_id`, in the same order and bounds."""
        ...

    async def add_replay(self, replay: Replay) -> Replay:
        """Returns it with its id."""
        ...

    async def step_replay(self, replay: Replay, executions: Sequence[Execution]) -> bool:
        """Stores its progress and the executions that it created, in one transaction.

        False, and nothing is stored, if it was stopped meanwhile.
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
