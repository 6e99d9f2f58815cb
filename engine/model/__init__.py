"""The nouns. Frozen values without behaviour beyond reading themselves; times are aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from pydantic import with_config

from engine.model.leads import SaveLead
from engine.model.metrics import Measurement, Turn

Json = Any
"""What JSON holds: None, bool, int, float, str, list and dict of the same."""


class Role(StrEnum):
    AGENT = "agent"
    ADMIN = "admin"
    MANAGER = "manager"
    USER = "user"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API key is for: a part of what its role permits."""

    INGEST = "ingest"
    READ = "read"
    MANAGE = "manage"


class HookType(StrEnum):
    LEAD_PROCESSING = "lead_processing"
    CRM_INTEGRATION = "crm_integration"
    ANALYTICS = "analytics"
    NOTIFICATION = "notification"
    WORKFLOW = "workflow"
    OTHER = "other"


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EXISTS = "exists"
    NOT_EXISTS = "not_exists"


BODYLESS = frozenset({Method.GET, Method.DELETE})


class Match(StrEnum):
    ALL = "all"
    ANY = "any"


class Run(StrEnum):
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


class Gate(StrEnum):
    """What a hook asks of an event, in the order in which it asks."""

    STATUS = "status"
    ROLE = "role"
    CHAIN = "chain"
    FILTERS = "filters"
    CONDITION = "condition"
    LIMITS = "limits"


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Status(StrEnum):
    """Of an execution. `held`: it waits for its hook's active hours. `shadowed`: what a hook in shadow would have sent,
    and nothing was. `skipped`: its hook would have run more often than it may, so nothing was sent either."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    RETRYING = "retrying"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SHADOWED = "shadowed"
    HELD = "held"
    SKIPPED = "skipped"


class Preset(StrEnum):
    """A retry schedule by its name."""

    STANDARD = "standard"
    SHORT = "short"
    NONE = "none"


class ErrorClass(StrEnum):
    """Why an attempt did not succeed. `interrupted`: the process ended while it ran."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `id` is unique over all events; `role` is that of whoever sent it.

    `chain` is the runs that it descends from, the root's first; empty for what came from outside. `attributes` are
    those of a CloudEvent (`source`, `subject`, extensions), each text, a number, true or false.
    """

    id: str
    type: str
    role: Role
    occurred_at: datetime
    received_at: datetime
    data: Mapping[str, Json]
    test: bool = False
    chain: tuple["Link", ...] = ()
    attributes: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A run of a hook that an event descends from. `entity` is the lead or call that it was about; empty without."""

    hook_id: int
    entity: str
    execution_id: str


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    """`field` is a dotted path into the event's data; `value` is a list for `one_of` and `none_of`."""

    field: str
    operator: Operator
    value: Json = None
    case_sensitive: bool = False


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    match: Match = Match.ALL
    rows: tuple[FilterRow, ...] = ()


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What counts as success: `statuses` such as "200-299, 404" (empty: 2xx), and a `check` over the answer's `status`,
    `headers`, `text` and `json` that has to hold (empty: none)."""

    statuses: str = ""
    check: str = ""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One call. Address, values of headers, and body are templates; without a body, the standard envelope is sent.

    The values of `secret_headers` (names, whatever their case) are kept sealed, and shown to Admins alone, who ask.
    In a sequence it runs if `when` holds (empty: always). `go_on`: it is tried once, and its failure stops nothing.
    """

    url: str
    method: Method = Method.POST
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    secret_headers: tuple[str, ...] = ()
    body: str | None = None
    when: str = ""
    go_on: bool = False
    success: Success = Success()


Retries = Preset | tuple[float, ...]
"""A schedule: by its name, or the seconds to wait before each further attempt."""


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSettings:
    """How a type of hook is processed: calls at once, seconds for one call, and when a failed one is made again."""

    concurrency: int = 64
    timeout: float = 15.0
    retries: Retries = Preset.STANDARD


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a hook delivers; None is as its lane does.

    `final_4xx`: an answer of 4xx ends it, save 408, 410, 425 and 429. `ordered`: what is about the same lead or call
    goes one after the other; None is so for sequences alone.
    """

    retries: Retries | None = None
    timeout: float | None = None
    final_4xx: bool = False
    ordered: bool | None = None


WORKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)

SCHEDULED: Final = "schedule.due"
"""The type of the events that the clock makes for hooks on a schedule, each for one hook alone."""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `opens` to `closes`, "HH:MM" on the clock of `zone` (such as "Europe/Berlin"), on those days.

    Hours that close before they open cross midnight, into a day that need not be among `days`; equal ones are the whole
    day. With `contact_zone`, the zone is the event's own `timezone`, where it names one.
    """

    days: tuple[Day, ...] = WORKDAYS
    opens: str = "09:00"
    closes: str = "17:00"
    zone: str = "UTC"
    contact_zone: bool = False


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often and when a hook runs, at most; None is without that limit.

    `cooldown_minutes` is what lies between two runs, with `per_entity` two for the same lead, call, contact or number;
    outside of `hours` what fires is held until they open; from `expires_at` on nothing fires.
    """

    cooldown_minutes: float | None = None
    per_entity: bool = False
    max_per_hour: int | None = None
    hours: Hours | None = None
    expires_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether what ran before matters."""
        return self.cooldown_minutes is not None or self.max_per_hour is not None


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a hook on a schedule runs: by `cron` (five fields), or `every_minutes`. `timezone` is a name of IANA's."""

    cron: str = ""
    every_minutes: int | None = None
    timezone: str = "UTC"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HookDefinition:
    """What a person writes. `key` is its stable name; empty until the first save makes one from the title.

    `schedule` goes with the trigger of that name, and with no other.

    In `shadow`, an enabled hook decides and records what it would send, and sends nothing.
    """

    title: str
    trigger: str
    actions: tuple[Action, ...]
    key: str = ""
    description: str = ""
    enabled: bool = True
    shadow: bool = False
    role: Role = Role.AGENT
    type: HookType = HookType.OTHER
    filters: Filters = Filters()
    condition: str = ""
    run: Run = Run.SEQUENTIAL
    delivery: Delivery = Delivery()
    limits: Limits = Limits()
    schedule: Timetable | None = None

    @property
    def ordered(self) -> bool:
        wanted = self.delivery.ordered
        return self.run is Run.SEQUENTIAL and len(self.actions) > 1 if wanted is None else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One version of a hook. Every version is kept; `version` counts from 1."""

    id: int
    version: int
    definition: HookDefinition
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """`previous` still signs beside `current` for a while after `rotated_at`."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStats:
    """Tests count in none of these. `succeeded` and `failed` are executions that ended in the last 24 hours."""

    hits: int = 0
    last_hit_at: datetime | None = None
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookHealth:
    """What went wrong since the last success: attempts and executions that failed, since when, and the per cent of the
    way to being switched off that were warned of."""

    attempts: int = 0
    executions: int = 0
    failing_since: datetime | None = None
    warned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a hook said to an event. `gate` is None where it fired, else the first that stopped it; `needed` says, a
    sentence each, what would have to be otherwise."""

    hook_id: int | None
    hook_version: int | None
    fired: bool
    gate: Gate | None
    reason: str
    trace: Mapping[str, Json]
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As it goes out, and as it is kept with its attempt."""

    method: Method
    url: str
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`body` is text (undecodable bytes replaced), cut to what is kept; `truncated` says that it was cut."""

    status: int
    headers: Mapping[str, str]
    body: str
    truncated: bool = False


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
    for the `subject` that the event is about; None where it does not count.
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
    attempts: tuple[Attempt, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An execution with all that it takes to run it."""

    execution: Execution
    event: Event
    hook: Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class HookVersion:
    """One saved version, for its history. `deleted` marks the version that took the hook away.

    `revision` numbers the saves of all hooks.
    """

    revision: int
    hook_id: int
    version: int
    definition: HookDefinition
    saved_at: datetime
    saved_by: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCase:
    """An event that a hook is held against at every edit; `fires` is the answer that is expected."""

    id: int
    hook_id: int
    name: str
    role: Role
    data: Mapping[str, Json]
    fires: bool
    created_at: datetime
    created_by: str


class FollowUpType(StrEnum):
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """What a person, a program or a hook writes. The fields of `lead` go into the data of the events that it emits.

    `warn_minutes` before the deadline the task says that it is near.
    """

    title: str
    due_at: datetime
    deadline_at: datetime | None = None
    warn_minutes: int = 60
    follow_up_type: FollowUpType = FollowUpType.CALL
    assigned_to: str = ""
    priority: Priority = Priority.NORMAL
    notes: str = ""
    lead: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A follow-up with its deadline. `done_at` and `done_by` are None while it is open.

    `chain` is the runs that it descends from, where a hook made it; in a `test` its events are tests too.
    """

    id: str
    definition: TaskDefinition
    created_at: datetime
    created_by: str
    updated_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    chain: tuple[Link, ...] = ()
    test: bool = False

    @property
    def state(self) -> TaskState:
        return TaskState.OPEN if self.done_at is None else TaskState.DONE


class PlanKind(StrEnum):
    """What comes when its time has come: a task's Follow-up Due or Deadline Approaching."""

    FOLLOW_UP = "follow_up"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a task is to emit, and when."""

    kind: PlanKind
    due_at: datetime


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
    skipped has an execution, and is none of these."""

    FAILED = "failed"
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayQuery:
    """`since` and `until` bound when the execution was made, or for what was skipped when the event came.

    Pairs that were delivered once are left out, unless `again`.
    """

    status: ReplayOf = ReplayOf.FAILED
    hook_id: int | None = None
    type: HookType | None = None
    since: datetime | None = None
    until: datetime | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people have to hear of. `tone` is `info`, `good`, `warning` or `bad`, `link` a page with more, and
    `to` is the role of those who are told; None for everyone.
    """

    seq: int
    at: datetime
    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that waits to be sent to one address, in plain text; it was tried so many times."""

    seq: int
    address: str
    subject: str
    text: str
    created_at: datetime
    tries: int = 0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """In bytes: what the database takes, and what is free beside it."""

    used: int
    free: int
    total: int


class UserState(StrEnum):
    """`invited`: has a link to set a password by, and never did."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    email: str
    role: Role
    created_at: datetime
    state: UserState = UserState.ACTIVE
    second_factor: bool = False
    last_sign_in_at: datetime | None = None

    @property
    def disabled(self) -> bool:
        return self.state is UserState.DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """With it a user sets a password, once. `drops_second_factor`: and signs in by that alone from then on."""

    user: User
    expires_at: datetime
    drops_second_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in. `id` is short and tells nothing of its token."""

    id: str
    user: User
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    address: str
    device: str


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """What whoever makes a key says of it. It works until `expires_at`.

    `scopes` None: all that its role can use; `types`: the event types that it may send, empty: all; `rate`: events and
    other calls a minute, None: as usual.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] | None = None
    types: frozenset[str] = frozenset()
    rate: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`prefix` is the part that a person recognises it by; the key itself is kept only as a hash."""

    id: int
    prefix: str
    settings: KeySettings
    created_at: datetime
    created_by: str = ""
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a signed-in user, an API key, or the system itself.

    `scopes` narrow what the role permits; `sends` are the types of event it may send, empty: all.
    """

    kind: str  # "user", "key" or "system"
    id: int
    name: str
    role: Role
    address: str = ""
    """Where from: an IP address, empty where it is this machine's own doing."""
    scopes: frozenset[Scope] = frozenset(Scope)
    sends: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What was done: by whom (`kind` as of an Actor), from which address, to what. Newer ones have a greater seq."""

    seq: int
    at: datetime
    actor: str
    kind: str
    role: Role
    address: str
    action: str
    subject: str
    before: Json = None
    after: Json = None


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    next: str | None = None
