"""Replays of many executions."""

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
    """The version of a hook that a replay runs: the one that decided the event, or the current one."""

    THEN = "then"
    NOW = "now"


class ReplayOf(StrEnum):
    """What a replay runs: pairs of event and hook, by the status of their newest execution; or `skipped`: events
    without an execution that the hook would have fired for if enabled, or would fire for now. What limits skipped has
    an execution, and is not included. `parked` executions are sent themselves, not duplicated."""

    FAILED = "failed"
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"
    PARKED = "parked"


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayQuery:
    """`since` and `until` bound the execution's creation, or for `skipped` the event's arrival.

    Pairs that were ever delivered are left out, unless `again`.
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
    """A replay in the background. `total` was counted at its start; `done` were started, `left_out` were not.

    `cursor` is how far it has come, `last` where it ends: what is created later, even by itself, is not replayed.
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
