"""Executions, their attempts, and the effects of internal actions."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN

UNFINISHED = "status IN ('pending', 'running', 'retrying', 'held')"
WAITING = "status = 'retrying'"
HELD = "status = 'held'"
PARKED = "status = 'parked'"
PENDING = "status IN ('pending', 'running')"
IN_LINE = f"entity <> '' AND {UNFINISHED}"
TEST = "test"
NOT_DELIVERED = "status IN ('failed', 'cancelled')"
NOT_SENT = "status IN ('shadowed', 'skipped')"
COUNTS = "counts_at IS NOT NULL"


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
        Index("execution_held_of_hook", "hook_id", sqlite_where=text(HELD)),
        Index("execution_parked", "hook_id", "seq", sqlite_where=text(PARKED)),
        Index("execution_counts", "hook_id", "counts_at", sqlite_where=text(COUNTS)),
        Index("execution_counts_of", "hook_id", "subject", "counts_at", sqlite_where=text(COUNTS)),
        NEVER_AGAIN,
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
    """A completed internal action and its answer (JSON). Kept as long as its execution."""

    __tablename__: ClassVar[Any] = "effect"
    __table_args__ = ({"sqlite_with_rowid": False},)

    execution_id: str = Field(primary_key=True, foreign_key="execution.id")
    action: int = Field(primary_key=True)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    performed_at: datetime
