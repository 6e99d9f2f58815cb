"""Tasks and their planned events."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN

OPEN_TASK = "done_at IS NULL AND deleted_at IS NULL"
DONE_TASK = "done_at IS NOT NULL AND deleted_at IS NULL"
PLANNED = "fired_at IS NULL"


class TaskRow(SQLModel, table=True):
    """`definition` is JSON; searched fields have their own columns. A deleted task stays restorable for a while."""

    __tablename__: ClassVar[Any] = "task"
    __table_args__ = (
        Index("task_open", "due_at", "seq", sqlite_where=text(OPEN_TASK)),
        Index("task_done", "done_at", "seq", sqlite_where=text(DONE_TASK)),
        Index("task_open_of_person", "assigned_to", "due_at", "seq", sqlite_where=text(OPEN_TASK)),
        Index("task_done_of_person", "assigned_to", "done_at", "seq", sqlite_where=text(DONE_TASK)),
        Index("task_deleted", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL")),
        NEVER_AGAIN,
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
    inherited: str | None = Field(default=None, sa_column=Column(Text))


class PlanRow(SQLModel, table=True):
    """An event a task will emit; kept after it has fired, so that it does not fire again for the same moment."""

    __tablename__: ClassVar[Any] = "plan"
    __table_args__ = (
        Index("plan_due", "due_at", "seq", sqlite_where=text(PLANNED)),
        Index("plan_of_task", "task_id", "kind", unique=True),
        NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    kind: str
    task_id: str = Field(sa_column=Column(Text, ForeignKey("task.id"), nullable=False))
    due_at: datetime
    fired_at: datetime | None = None
