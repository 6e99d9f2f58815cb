"""Timers of scheduled hooks."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel


class TimerRow(SQLModel, table=True):
    """When a hook runs next on its schedule."""

    __tablename__: ClassVar[Any] = "timer"

    hook_id: int = Field(primary_key=True, foreign_key="hook.id")
    due_at: datetime = Field(index=True)
