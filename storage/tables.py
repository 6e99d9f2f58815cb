"""The rows. Nouns go in and out through `rows.py`; no row leaves this package.

Times are aware and UTC. `seq` counts in the order of arrival; a number never comes again.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Computed, ForeignKey, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

_NEVER_AGAIN = {"sqlite_autoincrement": True}

# A query uses a partial index where it says the very same words.
UNFINISHED = "status IN ('pending', 'running', 'retrying', 'held')"
WAITING = "status = 'retrying'"
HELD = "status = 'held'"
PENDING = "status IN ('pending', 'running')"
CAUSED = "cause IS NOT NULL"
IN_LINE = f"entity <> '' AND {UNFINISHED}"
TEST = "test"
NOT_DELIVERED = "status IN ('failed', 'cancelled')"
OPEN_TASK = "done_at IS NULL AND deleted_at IS NULL"
DONE_TASK = "done_at IS NOT NULL AND deleted_at IS NULL"
PLANNED = "fired_at IS NULL"
NOT_SENT = "status IN ('shadowed', 'skipped')"
COUNTS = "counts_at IS NOT NULL"
AREA = "substr(action, 1, instr(action, '.') - 1)"


class EventRow(SQLModel, table=True):
    """`revision` is that of the hooks that decided it; null until then.

    `chain` is JSON, and `cause` the execution that its last link names; null for an event from outside. `attributes` are
    JSON, null where there are none.
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        Index("event_undecided", "seq", sqlite_where=text("revision IS NULL")),
        Index("event_by_type", "type", "seq"),
        Index("event_by_cause", "cause", "seq", sqlite_where=text(CAUSED)),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    type: str
    role: str
    occurred_at: datetime
    received_at: datetime
    data: str = Field(sa_column=Column(Text, nullable=False))
    test: bool = False
    revision: int | None = None
    decided_at: datetime | None = None
    chain: str | None = Field(default=None, sa_column=Column(Text))
    cause: str | None = None
    attributes: str | None = Field(default=None, sa_column=Column(Text))


class HookRow(SQLModel, table=True):
    """The newest version of a hook. A deleted one stays, for its history."""

    __tablename__: ClassVar[Any] = "hook"
    __table_args__ = (
        Index("hook_key", "key", unique=True, sqlite_where=text("deleted_at IS NULL")),
        _NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    version: int
    definition: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    hits: int = 0
    last_hit_at: datetime | None = None


class HookSecretRow(SQLModel, table=True):
    """What a hook signs with. `previous` counts for a while after `rotated_at`."""

    __tablename__: ClassVar[Any] = "hook_secret"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    current: str
    previous: str | None = None
    rotated_at: datetime | None = None


class HookVersionRow(SQLModel, table=True):
    """Every save of any hook. `revision` numbers them all."""

    __tablename__: ClassVar[Any] = "hook_version"
    __table_args__ = (Index("hook_version_of", "hook_id", "version", unique=True), _NEVER_AGAIN)

    revision: int | None = Field(default=None, primary_key=True)
    hook_id: int = Field(foreign_key="hook.id")
    version: int
    definition: str = Field(sa_column=Column(Text, nullable=False))
    deleted: bool = False
    saved_at: datetime
    saved_by: str
    saved_by_kind: str
    saved_by_id: int


class HookHealthRow(SQLModel, table=True):
    """What went wrong since the last success of a hook."""

    __tablename__: ClassVar[Any] = "hook_health"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    attempts: int
    executions: int
    failing_since: datetime | None = None
    warned: int = 0


class HookHourRow(SQLModel, table=True):
    """How the executions of a hook ended, by the hour (since 1970) of their end. Tests are left out."""

    __tablename__: ClassVar[Any] = "hook_hour"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    hour: int = Field(primary_key=True)
    succeeded: int = 0
    failed: int = 0


class ExecutionRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "execution"
    __table_args__ = (
        Index("execution_by_event", "event_seq", "hook_id"),
        Index("execution_by_hook", "hook_id", "seq"),
        Index("execution_by_type", "type", "seq"),
        Index("execution_test", "seq", sqlite_where=text(TEST)),
        Index("execution_unfinished", "status", "seq", sqlite_where=text(UNFINISHED)),
        Index("execution_pending", "hook_id", "id", sqlite_where=text(PENDING)),
        Index("execution_due_of_hook", "hook_id", "next_attempt_at", sqlite_where=text(WAITING)),
        Index("execution_in_line", "hook_id", "entity", "id", sqlite_where=text(IN_LINE)),
        Index("execution_not_delivered", "status", "seq", sqlite_where=text(NOT_DELIVERED)),
        Index("execution_not_sent", "status", "seq", sqlite_where=text(NOT_SENT)),
        Index("execution_held", "next_attempt_at", sqlite_where=text(HELD)),
        Index("execution_counts", "hook_id", "counts_at", sqlite_where=text(COUNTS)),
        Index("execution_counts_of", "hook_id", "subject", "counts_at", sqlite_where=text(COUNTS)),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    event_seq: int = Field(foreign_key="event.seq")
    hook_id: int = Field(foreign_key="hook.id")
    hook_version: int
    type: str
    status: str
    test: bool
    about: str
    entity: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime
    finished_at: datetime | None = None
    next_attempt_at: datetime | None = None
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    subject: str = Field(default="", sa_column_kwargs={"server_default": ""})
    counts_at: datetime | None = None


class AttemptRow(SQLModel, table=True):
    """`request` and `response` are JSON."""

    __tablename__: ClassVar[Any] = "attempt"
    __table_args__ = (Index("attempt_of_execution", "execution_id", "number", unique=True),)

    seq: int | None = Field(default=None, primary_key=True)
    execution_id: str = Field(sa_column=Column(Text, ForeignKey("execution.id"), nullable=False))
    number: int
    action: int
    started_at: datetime
    latency_ms: float
    status_code: int | None = None
    error_class: str | None = None
    error_message: str | None = None
    request: str = Field(sa_column=Column(Text, nullable=False))
    response: str | None = Field(default=None, sa_column=Column(Text))


class EffectRow(SQLModel, table=True):
    """An internal action that was performed, with its answer (JSON). It is kept as long as its execution."""

    __tablename__: ClassVar[Any] = "effect"
    __table_args__ = ({"sqlite_with_rowid": False},)

    execution_id: str = Field(primary_key=True, foreign_key="execution.id")
    action: int = Field(primary_key=True)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    performed_at: datetime


class HookCaseRow(SQLModel, table=True):
    """An event that a hook is held against at every edit, with the answer that is expected. `data` is JSON."""

    __tablename__: ClassVar[Any] = "hook_case"
    __table_args__ = (Index("hook_case_of", "hook_id"),)

    id: int | None = Field(default=None, primary_key=True)
    hook_id: int = Field(foreign_key="hook.id")
    name: str
    role: str
    data: str = Field(sa_column=Column(Text, nullable=False))
    fires: bool
    created_at: datetime
    created_by: str


class LaneRow(SQLModel, table=True):
    """Settings of a type of hook, where they were changed; JSON."""

    __tablename__: ClassVar[Any] = "lane"

    type: str = Field(primary_key=True)
    settings: str = Field(sa_column=Column(Text, nullable=False))


class SettingRow(SQLModel, table=True):
    """What is set once for all, by its name; JSON."""

    __tablename__: ClassVar[Any] = "setting"

    name: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class ReplayRow(SQLModel, table=True):
    """`query` is JSON; `cursor` the seq of the last execution, or event, that was looked at."""

    __tablename__: ClassVar[Any] = "replay"
    __table_args__ = _NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    query: str = Field(sa_column=Column(Text, nullable=False))
    state: str
    total: int
    done: int = 0
    left_out: int = 0
    cursor: int = 0
    last: int
    created_at: datetime
    created_by: str
    finished_at: datetime | None = None


class TaskRow(SQLModel, table=True):
    """`definition` is JSON; what is searched stands beside it. A deleted one stays for a while, to be restored."""

    __tablename__: ClassVar[Any] = "task"
    __table_args__ = (
        Index("task_open", "due_at", "seq", sqlite_where=text(OPEN_TASK)),
        Index("task_done", "done_at", "seq", sqlite_where=text(DONE_TASK)),
        Index("task_open_of_person", "assigned_to", "due_at", "seq", sqlite_where=text(OPEN_TASK)),
        Index("task_done_of_person", "assigned_to", "done_at", "seq", sqlite_where=text(DONE_TASK)),
        Index("task_deleted", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL")),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    definition: str = Field(sa_column=Column(Text, nullable=False))
    due_at: datetime
    assigned_to: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    deleted_at: datetime | None = None
    chain: str | None = Field(default=None, sa_column=Column(Text))
    test: bool = False


class TimerRow(SQLModel, table=True):
    """When a hook runs next by its schedule."""

    __tablename__: ClassVar[Any] = "timer"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    due_at: datetime = Field(index=True)


class PlanRow(SQLModel, table=True):
    """What a task is to emit; kept once it has fired, so that it does not fire again for the same moment."""

    __tablename__: ClassVar[Any] = "plan"
    __table_args__ = (
        Index("plan_due", "due_at", "seq", sqlite_where=text(PLANNED)),
        Index("plan_of_task", "task_id", "kind", unique=True),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    kind: str
    task_id: str = Field(sa_column=Column(Text, ForeignKey("task.id"), nullable=False))
    due_at: datetime
    fired_at: datetime | None = None


class NoticeRow(SQLModel, table=True):
    """`role` is that of those who are told; empty for everyone."""

    __tablename__: ClassVar[Any] = "notice"
    __table_args__ = _NEVER_AGAIN

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime
    tone: str
    title: str
    text: str
    link: str
    role: str = Field(default="", sa_column_kwargs={"server_default": ""})


class MailRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "mail"
    __table_args__ = (
        Index("mail_to", "address", "seq"),
        Index("mail_due", "due_at", "address"),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    address: str
    subject: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    due_at: datetime
    tries: int


class NoticesReadRow(SQLModel, table=True):
    """Up to which notice a user has read."""

    __tablename__: ClassVar[Any] = "notices_read"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    seq: int


class AuditRow(SQLModel, table=True):
    """Only added to: triggers refuse all else. `before` and `after` are JSON; `area` is `hook` of `hook.saved`."""

    __tablename__: ClassVar[Any] = "audit"
    __table_args__ = (
        Index("audit_by_area", "area", "seq"),
        Index("audit_by_action", "action", "seq"),
        Index("audit_by_actor", "actor", "seq"),
        _NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str
    kind: str
    role: str
    address: str
    action: str
    subject: str
    before: str | None = Field(default=None, sa_column=Column(Text))
    after: str | None = Field(default=None, sa_column=Column(Text))
    area: str | None = Field(default=None, sa_column=Column(Text, Computed(AREA, persisted=False)))


class UserRow(SQLModel, table=True):
    """`email_folded` is the address without case, by which it is found. Without a password's hash one is invited.

    `totp_secret` is sealed; `totp_step` is the last time-step of which a code was used.
    """

    __tablename__: ClassVar[Any] = "user"
    __table_args__ = _NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    email: str
    email_folded: str = Field(unique=True)
    role: str
    password_hash: str
    created_at: datetime
    disabled_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    totp_secret: str | None = None
    totp_step: int | None = None


class OneTimeLinkRow(SQLModel, table=True):
    """At most one a user: a new one takes the place of the old."""

    __tablename__: ClassVar[Any] = "one_time_link"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    expires_at: datetime
    drops_second_factor: bool = False


class RecoveryCodeRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "recovery_code"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    code_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))


class SessionRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "session"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    address: str
    device: str


class ApiKeyRow(SQLModel, table=True):
    """`scopes` and `types` are words with spaces between them."""

    __tablename__: ClassVar[Any] = "api_key"
    __table_args__ = _NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    scopes: str = Field(sa_column=Column(Text, nullable=False))
    types: str = Field(sa_column=Column(Text, nullable=False))
    rate: int | None = None
    expires_at: datetime | None = None
    prefix: str
    key_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    created_at: datetime
    created_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_from: str = Field(default="", sa_column_kwargs={"server_default": ""})
