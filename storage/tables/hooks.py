"""Hooks and their related tables."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class HookRow(SQLModel, table=True):
    """The newest version of a hook. A deleted one is kept for its history."""

    __tablename__: ClassVar[Any] = "hook"
    __table_args__ = (
        Index("hook_key", "key", unique=True, sqlite_where=text("deleted_at IS NULL")),
        NEVER_AGAIN,
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
    """A hook's signing secret. `previous` stays valid for a while after `rotated_at`."""

    __tablename__: ClassVar[Any] = "hook_secret"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    current: str
    previous: str | None = None
    rotated_at: datetime | None = None


class HookVersionRow(SQLModel, table=True):
    """Every save of any hook. `revision` numbers all of them."""

    __tablename__: ClassVar[Any] = "hook_version"
    __table_args__ = (Index("hook_version_of", "hook_id", "version", unique=True), NEVER_AGAIN)

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
    """Failures since a hook's last success."""

    __tablename__: ClassVar[Any] = "hook_health"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    attempts: int
    executions: int
    failing_since: datetime | None = None
    warned: int = 0


class HookHourRow(SQLModel, table=True):
    """Outcomes of a hook's executions by the hour (since the Unix epoch) in which they ended. Tests are left out."""

    __tablename__: ClassVar[Any] = "hook_hour"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    hour: int = Field(primary_key=True)
    succeeded: int = 0
    failed: int = 0


class HookCaseRow(SQLModel, table=True):
    """An event that a hook is tested against on every edit, with the expected answer. `data` is JSON."""

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
