"""Runs of many executions again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import with_config

from engine.model.hooks import HookType
from engine.model.moments import Moment


class ReplayState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ReplayVersion(StrEnum):
    """Which version of a hook a replay runs: the one that decided the event then, or the one of now."""

    THEN = "then"
    NOW = "now"


class ReplayOf(StrEnum):
    """What a replay runs again: pairs of event and hook by how their newest execution ended; or what was `skipped`:
    events without an execution, though the hook would fire for them but for its status, or does so now. What limits
    skipped has an execution, and is none of these. What is `parked` is sent itself, and not once more."""

    FAILED = "failed"
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"
    PARKED = "parked"


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayQuery:
    """`since` and `until` bound when the execution was made, or for what was skipped when the event came.

    Pairs that were delivered once are left out, unless `again`.
    """

    status: ReplayOf = ReplayOf.FAILED
    hook_id: int | None = None
    type: HookType | None = None
    since: Moment | None = None
    until: Moment | None = None
    version: ReplayVersion = ReplayVersion.NOW
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A run of many, in the background. `total` was counted at its start; `done` of them were begun, `left_out` not.

    `cursor` is how far it has come, `last` how far it goes: what is made later, by itself too, is not run again.
    """

    id: int
    query: ReplayQuery
    state: ReplayState
    total: int
    created_at: datetime
    created_by: str
    done: int = 0
    left_out: int = 0
    cursor: int = 0
    last: int
    finished_at: datetime | None = None
