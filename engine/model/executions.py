"""Runs of hooks, and their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.model.actions import Method
from engine.model.events import Event
from engine.model.hooks import Hook, HookType


class Status(StrEnum):
    """Of an execution. `held`: it waits for its hook's active hours. `parked`: too many of its hook's executions
    waited, so it is kept until someone sends it. `shadowed`: what a hook in shadow would have sent, and nothing was.
    `skipped`: its hook would have run more often than it may, so nothing was sent either."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    RETRYING = "retrying"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SHADOWED = "shadowed"
    HELD = "held"
    SKIPPED = "skipped"
    PARKED = "parked"


class ErrorClass(StrEnum):
    """Why an attempt did not succeed. `interrupted`: the process ended while it ran; `internal_error`: because of
    a fault of ours."""

    ADDRESS_REFUSED = "address_refused"
    DNS_ERROR = "dns_error"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_RESET = "connection_reset"
    TLS_ERROR = "tls_error"
    TIMEOUT = "timeout"
    RESPONSE_TOO_LARGE = "response_too_large"
    INVALID_RESPONSE = "invalid_response"
    TEMPLATE_ERROR = "template_error"
    REJECTED = "rejected"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As it goes out, and as it is kept with its attempt: then its body may be `truncated`, cut to what is kept."""

    method: Method
    url: str
    headers: Mapping[str, str]
    body: str | None
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`body` is text, unpacked and decoded, cut to what is kept; `truncated` says that it was cut.

    `remarks` are sentences on what was not as it should be, and did not matter. With secrets masked in it, `sealed` is
    what it was, for the actions after this one; never shown.
    """

    status: int
    headers: Mapping[str, str]
    body: str
    truncated: bool = False
    remarks: tuple[str, ...] = ()
    sealed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptError:
    error_class: ErrorClass
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call of one action. `number` counts from 1 within the execution; `latency_ms` is milliseconds."""

    number: int
    action: int
    started_at: datetime
    latency_ms: float
    request: Request
    response: Response | None = None
    error: AttemptError | None = None

    @property
    def status_code(self) -> int | None:
        return self.response.status if self.response else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of one hook for one event. `id` is time-ordered and is the `webhook-id` of every attempt.

    `about` names whom the event is about (a name, a number, a lead), short, for lists. `entity` is the lead or call
    within which executions of an ordered hook go one after the other; empty for all other.

    `reason` is why it was held or skipped. `counts_at` is when it counts as a run of a hook that may run only so often,
    for the `subject` that the event is about; None where it does not count. `bulk` ones of a hook take turns with
    the others.
    """

    id: str
    event_id: str
    event_type: str
    hook_id: int
    hook_version: int
    hook_title: str
    hook_type: HookType
    status: Status
    created_at: datetime
    test: bool = False
    about: str = ""
    entity: str = ""
    finished_at: datetime | None = None
    next_attempt_at: datetime | None = None
    reason: str = ""
    subject: str = ""
    counts_at: datetime | None = None
    bulk: bool = False
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An execution with all that it takes to run it."""

    execution: Execution
    event: Event
    hook: Hook
