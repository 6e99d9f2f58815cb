"""What the engine asks of the world. Whatever fulfils these may be its store.

Every coroutine that changes something returns after it is durable. Each may raise `StoreUnavailable`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.model import (
    Actor,
    ApiKey,
    Attempt,
    AuditEntry,
    Chain,
    Change,
    DiskUse,
    Effects,
    Event,
    Execution,
    Hook,
    HookCase,
    HookDefinition,
    HookHealth,
    HookStats,
    HookType,
    HookVersion,
    Job,
    Json,
    KeySettings,
    LaneSettings,
    Mail,
    Notice,
    OneTimeLink,
    Page,
    Plan,
    Replay,
    ReplayQuery,
    Role,
    Session,
    SigningSecret,
    Status,
    Task,
    TaskState,
    User,
)
from engine.model.leads import Lead, LeadChange, LeadQuery, LeadRules, SavedRules
from engine.model.metrics import Bucket, SavedLimit, Series, Standing, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A stored event. `seq` counts up in the order of acceptance."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A stored event, and where it was decided: with the hooks as of `revision`, at `decided_at`."""

    seq: int
    event: Event
    revision: int | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of an accepted event: with the hooks as of `revision`, at `at`, these executions were made."""

    seq: int
    revision: int
    at: datetime
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One attempt of an execution (None: nothing was called), the state that it is in after it, and the hook's health
    if that changed."""

    execution: Execution
    attempt: Attempt | None
    health: HookHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsQuery:
    """Runs of a hook (about one subject, where it is given) that count between two moments, the later one included.

    `shadow` asks for those that it had in shadow, and else for those that are sent. Unless `all` are to be counted, it
    is enough to know of the last.
    """

    hook_id: int
    shadow: bool
    subject: str | None
    after: datetime
    until: datetime
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many there are, and when the last of them counts."""

    count: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSet:
    """All hooks that are not deleted, as of `revision` (a number that grows with every save of any hook).

    `secrets` are by hook id, also of deleted ones, whose executions may still run.
    """

    revision: int
    hooks: tuple[Hook, ...]
    secrets: Mapping[int, SigningSecret]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQuery:
    """Newest first. `cursor` is what the page before gave as `next`; `since` and `until` bound `created_at`.

    `text` is words in the event's values, as in EventQuery; then the newest events come first. `whole_words` as there.
    """

    limit: int = 50
    cursor: str | None = None
    hook_id: int | None = None
    event_id: str | None = None
    status: Status | None = None
    type: HookType | None = None
    test: bool | None = None
    text: str = ""
    whole_words: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Newest first. `text` is words, each the beginning of one in the event's values, or one as a whole; the rest as in
    ExecutionQuery.

    `whole_words`: for whoever may not see all values, and could else find one out letter by letter.
    """

    limit: int = 50
    cursor: str | None = None
    type: str | None = None
    text: str = ""
    whole_words: bool = False
    test: bool | None = False
    since: datetime | None = None
    until: datetime | None = None


class EventSource(Protocol):
    """Reads stored events from wherever it is: it can be pickled, and taken to another process."""

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Without tests, newest first, below the seq `before`."""
        ...


class EventStore(Protocol):
    def source(self) -> EventSource: ...

    async def events(self, query: EventQuery) -> Page[Recorded]:
        """Raises InvalidQuery."""
        ...

    async def event(self, event_id: str) -> Recorded:
        """Raises NotFound."""
        ...

    async def events_by_id(self, ids: Sequence[str]) -> dict[str, Event]:
        """Without those that are not there."""
        ...

    async def latest_events(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        """Without tests, newest first, below the seq `before`."""
        ...

    async def hooks_as_of(self, revision: int, trigger: str) -> list[Hook]:
        """Those of an event type that were not deleted, each at its version of then, by id."""
        ...

    async def reasons(self, event_id: str) -> dict[int, tuple[Status, str]]:
        """Of the event's executions that were held or skipped: what became of them, and why they were, by hook id."""
        ...

    async def index_text(self, limit: int) -> int:
        """Makes that many more events searchable by text; gives how many these were."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """`action` is one (`hook.saved`) or an area of them (`hook`); `actor` a name; `text` words that an entry holds."""

    limit: int = 50
    cursor: str | None = None
    action: str = ""
    actor: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Inbox(Protocol):
    async def append(self, events: Sequence[Event]) -> list[int | None]:
        """Stores all of them in one transaction; gives each one's seq, or None where its id was seen before."""
        ...

    async def undecided(self, limit: int, without: Set[int]) -> list[Accepted]:
        """Accepted and not yet decided, by seq, without those seqs."""
        ...


class HookStore(Protocol):
    async def hook_set(self) -> HookSet: ...

    async def save_hook(
        self,
        definition: HookDefinition,
        *,
        hook_id: int | None,
        expected: int | None,
        actor: Actor,
        at: datetime,
        secret: str,
        next_at: datetime | None = None,
    ) -> tuple[Hook, int]:
        """A new hook (`hook_id` None) with its secret, or a new version of one, which keeps the secret that it has.

        `expected` is the version that it must be at, None for any. `next_at` is when it runs next by its schedule;
        where that is the same as before, and it was on, what is planned stays.

        Gives the hook and the new revision. Raises NotFound, Conflict; InvalidHook where another hook has the key.
        """
        ...

    async def set_secret(self, hook_id: int, secret: SigningSecret) -> None: ...

    async def delete_hook(self, hook_id: int, *, expected: int | None, actor: Actor, at: datetime) -> int:
        """Takes it out of the set, keeping versions and history; gives the new revision."""
        ...

    async def restore_hook(
        self, hook_id: int, *, actor: Actor, at: datetime, next_at: datetime | None = None
    ) -> tuple[Hook, int]:
        """Undoes a delete."""
        ...

    async def hook_versions(self, hook_id: int) -> list[HookVersion]:
        """Newest first; of deleted hooks too. Raises NotFound."""
        ...

    async def hits_among(self, hook_id: int, before: datetime, events: int) -> tuple[int, int]:
        """Of the last so many events of the hook's type that came before a moment: for how many it fired, and of how
        many that is."""
        ...

    async def skipped_since(self, hook_id: int, since: datetime) -> bool:
        """Whether it would have run since, if its limits had let it."""
        ...

    async def hook_stats(self, now: datetime) -> dict[int, HookStats]:
        """By hook id; a hook that never fired may be absent."""
        ...


class CaseStore(Protocol):
    async def cases(self, hook_id: int) -> list[HookCase]:
        """Oldest first."""
        ...

    async def add_case(self, case: HookCase) -> HookCase:
        """Gives it with its id. Raises NotFound."""
        ...

    async def delete_case(self, hook_id: int, case_id: int) -> None:
        """Raises NotFound."""
        ...


class ExecutionStore(Protocol):
    async def decide(self, decided: Sequence[Decided]) -> None:
        """Marks the events as decided and inserts the executions, in one transaction.

        An event that was decided before stays as it was, and its executions are left out.
        """
        ...

    async def add_test(self, event: Event, execution: Execution) -> None:
        """An event that was never accepted (marked as a test, and as decided) and its one execution."""
        ...

    async def add_execution(self, execution: Execution) -> None:
        """One more for an event that is stored already."""
        ...

    async def start(self, progress: Progress) -> None:
        """pending or retrying → running, with an attempt that counts as interrupted until its end is recorded."""
        ...

    async def record(self, progress: Progress) -> None:
        """Stores the attempt's end, brings the execution to its new state, and counts it in the hook's statistics.

        An execution that is finished stays as it is.
        """
        ...

    async def cancel(self, execution: Execution) -> None:
        """Brings an execution that waits for an attempt to its end, without one."""
        ...

    async def runs(self, queries: Sequence[RunsQuery]) -> list[Runs]:
        """The answer to each."""
        ...

    async def held(self, now: datetime, limit: int) -> list[Job]:
        """Executions that are held and may go, the longest due first."""
        ...

    async def waiting_behind(self, hook: Hook) -> int:
        """How many executions of a hook, tests left out, wait with an older version than this one, and could have it:
        none of their attempts is of an action that it does not have."""
        ...

    async def move_waiting(self, hook: Hook) -> int:
        """Gives all of them this version; gives how many these were."""
        ...

    async def release(self, execution_ids: Sequence[str]) -> list[str]:
        """held → pending; gives the ids of those that were held."""
        ...

    async def put_back(self) -> None:
        """running → pending, for what ran when an earlier process ended."""
        ...

    async def pending(self, hook_id: int, limit: int, without: Set[str]) -> list[Job]:
        """Executions of a hook that wait for their first attempt, or were put back, by id, without those ids.

        Of an ordered hook only those that are the first of their line.
        """
        ...

    async def hooks_with_pending(self) -> list[int]: ...

    async def first_in_line(self, hook_id: int, entity: str) -> Job | None:
        """The first unfinished execution of an ordered hook about an entity."""
        ...

    async def due(self, hook_id: int, now: datetime, limit: int) -> list[Job]:
        """Executions whose next attempt is due, the longest due first."""
        ...

    async def hooks_with_due(self, now: datetime) -> list[int]: ...

    async def advance_due(self, by: timedelta) -> None:
        """Brings every next attempt forward, after the clock went back by so much."""
        ...

    async def newest_execution(self) -> tuple[str, datetime] | None:
        """The id of the last one that was made, and when."""
        ...

    async def backlog(self) -> int:
        """How many events and executions wait, all in all."""
        ...

    async def executions(self, query: ExecutionQuery) -> Page[Execution]: ...

    async def chain(self, execution_id: str, most: int) -> Chain:
        """`most` bounds the events below it, and their runs. Raises NotFound."""
        ...

    async def execution(self, execution_id: str) -> Job:
        """With its attempts, its event, and its hook at the version of then. Raises NotFound."""
        ...


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
        """Decided events of a type for which `query.hook_id` has no execution, in the same order and bounds."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A plan whose time has come. `seq` names it: what is planned anew bears another."""

    seq: int
    plan: Plan
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """The event that a plan is to emit."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Open ones first, by the time that they are due; then those that are done, the last first.

    `text` is words, each the beginning of one in title, notes, person or lead; `since` and `until` bound `due_at`.
    `whole_words` as in EventQuery.
    """

    limit: int = 50
    cursor: str | None = None
    state: TaskState | None = None
    assigned_to: str | None = None
    text: str = ""
    whole_words: bool = False
    since: datetime | None = None
    until: datetime | None = None


class TaskStore(Protocol):
    async def add_task(self, task: Task, plans: Sequence[Plan], event: Event) -> int | None:
        """The task, what it plans, and the event that tells of it, in one transaction; gives the event's seq."""
        ...

    async def save_task(self, task: Task, plans: Sequence[Plan], deleted_at: datetime | None = None) -> None:
        """As it is now. A plan for the same moment stays as it is, fired or not; any other is withdrawn or planned."""
        ...

    async def task(self, task_id: str, *, deleted: bool = False) -> Task:
        """One that is there, or one that was deleted. Raises NotFound."""
        ...

    async def tasks(self, query: TaskQuery) -> Page[Task]:
        """Raises InvalidQuery."""
        ...

    async def task_people(self, limit: int) -> list[str]:
        """To whom open tasks are assigned, by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """When a hook runs next by its schedule."""

    hook_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRun:
    """What becomes of a timer: the event that it emits (None: it is only moved), and when it runs next, if ever."""

    timer: Timer
    event: Event | None
    next_at: datetime | None


class TimerStore(Protocol):
    async def due_timers(self, now: datetime, limit: int) -> list[Timer]:
        """The longest due first."""
        ...

    async def run_timers(self, runs: Sequence[TimerRun]) -> list[int | None]:
        """Moves the timers and stores their events, in one transaction; gives each event's seq.

        None, and nothing is stored, where a timer is no longer as it was.
        """
        ...

    async def timers(self) -> list[Timer]: ...


class PlanStore(Protocol):
    async def due_plans(self, now: datetime, limit: int, without: Set[int]) -> list[Due]:
        """The longest due first, without those seqs."""
        ...

    async def fire(self, firings: Sequence[Firing]) -> list[int | None]:
        """Marks the plans as fired and stores their events, in one transaction; gives each event's seq.

        None, and nothing is stored, where the plan was withdrawn or has fired.
        """
        ...


class NoticeStore(Protocol):
    async def add_notice(self, notice: Notice) -> Notice:
        """Gives it with its seq."""
        ...

    async def notices(self, limit: int, before: int | None = None, role: Role | None = None) -> list[Notice]:
        """Newest first; with a role, those for it and for everyone."""
        ...

    async def unread(self, user_id: int, role: Role) -> int: ...

    async def mark_read(self, user_id: int, seq: int) -> None:
        """All up to that seq."""
        ...


class MailStore(Protocol):
    async def mail_due(self, now: datetime, limit: int) -> list[str]:
        """Addresses to which something is due, the longest due first."""
        ...

    async def mail_for(self, address: str, now: datetime, limit: int) -> list[Mail]:
        """What is due to it, oldest first."""
        ...

    async def put_off_mail(self, seq: int, due_at: datetime) -> None:
        """After a try that failed."""
        ...

    async def drop_mail(self, seqs: Sequence[int]) -> None: ...

    async def mail_waiting(self) -> int: ...


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


class AuditStore(Protocol):
    async def add_audit(self, entry: AuditEntry) -> None:
        """Its seq is given by the store."""
        ...

    async def audit(self, query: AuditQuery) -> Page[AuditEntry]:
        """Newest first. Raises InvalidQuery."""
        ...

    async def audit_areas(self) -> list[str]:
        """What stands before the dot of the actions that occur."""
        ...

    async def audit_actors(self) -> list[str]:
        """The names of those who did something; of very many, some."""
        ...


class Upkeep(Protocol):
    async def lane_settings(self) -> dict[HookType, LaneSettings]:
        """Of the lanes that were ever changed."""
        ...

    async def save_lane(self, type: HookType, settings: LaneSettings) -> None: ...

    async def hook_health(self) -> dict[int, HookHealth]:
        """By hook id; a healthy one may be absent."""
        ...

    async def save_health(self, hook_id: int, health: HookHealth) -> None: ...

    async def forget(
        self, before: datetime, failed_before: datetime, after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        """Takes away up to `limit` executions that ended and were made before a moment (failed ones: another), and then
        events without any left. Gives where to go on, None where there is nothing more; begins `after` (0, 0)."""
        ...

    async def tidy(self, before: datetime, now: datetime) -> None:
        """Takes away statistics, notices, tasks done or deleted before a moment, and sessions that are over."""
        ...

    async def forget_metrics(self, now: datetime, before: datetime) -> None:
        """Takes away minutes that no plot asks for any more, and hours from before a moment."""
        ...

    async def disk_use(self) -> DiskUse: ...


class SealStore(Protocol):
    async def setting(self, name: str) -> Json:
        """None where it was never saved."""
        ...

    async def save_setting(self, name: str, value: Json) -> None: ...

    async def reseal(
        self, secret: Callable[[str], str], definition: Callable[[HookDefinition], HookDefinition]
    ) -> None:
        """Replaces every stored secret by what `secret` returns for it, and every definition that holds some by what
        `definition` returns, and leaves no trace of the old ones on disk. Raises what they raise; some secrets are
        replaced then, and some are not."""
        ...


class AccountStore(Protocol):
    async def has_admin(self) -> bool:
        """One that is active."""
        ...

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        """E-mail addresses compare without case. Without a hash the user is invited. Raises InvalidAccount where the
        address is taken."""
        ...

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        """With the password's hash."""
        ...

    async def add_session(self, token_hash: bytes, session: Session) -> None:
        """And notes when its user signed in last."""
        ...

    async def session(self, token_hash: bytes) -> Session | None: ...

    async def sessions_of(self, user_id: int) -> list[tuple[bytes, Session]]:
        """With the hashes of their tokens, the last seen first."""
        ...

    async def set_password_hash(self, user_id: int, password_hash: str) -> None: ...

    async def touch_session(self, token_hash: bytes, at: datetime) -> None: ...

    async def end_sessions(self, token_hashes: Sequence[bytes]) -> None: ...

    async def end_sessions_of(self, user_id: int, but: bytes | None) -> None:
        """All of a user, but for the one whose token has that hash."""
        ...


class KeyStore(Protocol):
    async def add_key(self, key: ApiKey, key_hash: bytes) -> ApiKey:
        """Gives it with its id."""
        ...

    async def key(self, key_id: int) -> ApiKey:
        """Raises NotFound."""
        ...

    async def key_by_hash(self, key_hash: bytes) -> ApiKey | None:
        """Also one that has ended."""
        ...

    async def keys(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        """Newest first. Raises InvalidQuery."""
        ...

    async def change_key(self, key_id: int, settings: KeySettings) -> None: ...

    async def roll_key(self, old_id: int, key: ApiKey, key_hash: bytes, *, until: datetime) -> ApiKey:
        """Adds the key, and lets the old one end at `until` if not before, in one transaction."""
        ...

    async def revoke_key(self, key_id: int, at: datetime) -> None: ...

    async def touch_keys(self, used: Mapping[int, tuple[datetime, str]]) -> None:
        """Notes when keys were last used, and from which address."""
        ...


class PeopleStore(AccountStore, Protocol):
    async def users(self, limit: int, after: int) -> list[User]:
        """By id, beyond the id `after`."""
        ...

    async def user(self, user_id: int) -> User:
        """Raises NotFound."""
        ...

    async def change_user(
        self, user_id: int, *, role: Role | None, disabled: bool | None, at: datetime
    ) -> tuple[User, User]:
        """Gives the user as before and as now; None is as before. Whoever is disabled loses sessions and link.

        Raises NotFound; InvalidAccount where no active Admin would be left, or where it is an invited user to disable.
        """
        ...

    async def withdraw_user(self, user_id: int) -> User:
        """Takes away one who was invited and never came. Raises NotFound, InvalidAccount."""
        ...

    async def set_link(self, user_id: int, token_hash: bytes, expires_at: datetime, *, drop: bool) -> None:
        """In place of one that the user has. `drop`: it takes away the second factor too."""
        ...

    async def link(self, token_hash: bytes) -> OneTimeLink | None: ...

    async def use_link(self, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
        """Sets the password, ends all sessions of the user and the link; None where it has ended already."""
        ...

    async def second_factor(self, user_id: int) -> str | None:
        """Its sealed secret; None where it is off."""
        ...

    async def set_second_factor(self, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
        """With the hashes of its recovery codes; `step` is the last that was used."""
        ...

    async def drop_second_factor(self, user_id: int) -> None: ...

    async def take_step(self, user_id: int, step: int) -> bool:
        """Whether this time-step is later than the last one used; then it is the last one used."""
        ...

    async def set_recovery_codes(self, user_id: int, codes: Sequence[bytes]) -> None:
        """In place of those that there are."""
        ...

    async def take_recovery_code(self, user_id: int, code: bytes) -> bool:
        """Whether there was one of this hash; it is used up."""
        ...

    async def recovery_codes(self, user_id: int) -> int:
        """How many are left."""
        ...


class LeadStore(Protocol):
    async def lead(self, lead_id: int) -> Lead:
        """Raises NotFound."""
        ...

    async def lead_by_key(self, key: str) -> Lead | None: ...

    async def leads(self, query: LeadQuery) -> Page[Lead]:
        """Raises InvalidQuery."""
        ...

    async def lead_changes(self, lead_id: int) -> list[LeadChange]:
        """Newest first; not more than the last few hundred are kept."""
        ...

    async def lead_events(self, lead_id: int, limit: int, cursor: str | None) -> Page[Recorded]:
        """Those about it, newest first. Raises InvalidQuery."""
        ...

    async def latest_lead_events(self, limit: int) -> list[Recorded]:
        """Those about any lead, newest first."""
        ...

    async def lead_rules(self) -> SavedRules | None:
        """The newest; None where none were ever saved."""
        ...

    async def save_lead_rules(self, rules: LeadRules, *, expected: int | None, by: str, at: datetime) -> SavedRules:
        """Gives them with their version. Raises Conflict where others are at another than the expected one."""
        ...


class MetricStore(Protocol):
    async def series(self) -> list[Series]:
        """By metric and label."""
        ...

    async def buckets(self, series_ids: Sequence[int], window: Window, now: datetime) -> dict[int, list[Bucket]]:
        """Those with anything in them, oldest first, by the id of their series."""
        ...

    async def over(self, metric: str, minutes: int, now: datetime) -> dict[int, Bucket]:
        """All of the last so many minutes, by the id of the series; without those that have nothing."""
        ...

    async def limits(self) -> list[SavedLimit]: ...

    async def save_limit(self, saved: SavedLimit) -> SavedLimit:
        """A new one, with the id 0, or in the place of one; nothing stands against it then. Raises NotFound."""
        ...

    async def delete_limit(self, limit_id: int) -> None:
        """Raises NotFound."""
        ...

    async def standings(self) -> list[Standing]: ...


class Store(
    Inbox,
    EventStore,
    HookStore,
    CaseStore,
    ExecutionStore,
    ReplayStore,
    TaskStore,
    PlanStore,
    TimerStore,
    NoticeStore,
    MailStore,
    EffectStore,
    AuditStore,
    Upkeep,
    SealStore,
    PeopleStore,
    KeyStore,
    LeadStore,
    MetricStore,
    Protocol,
):
    """All of it, with a life: opened before the engine starts, closed after it stopped."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None:
        """Writes and reads a row; raises StoreUnavailable where the database refuses."""
        ...
