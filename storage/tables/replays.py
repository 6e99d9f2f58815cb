"""Bulk replays."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class ReplayRow(SQLModel, table=True):
    """`query` is JSON; `cursor` is the seq of the last execution, or event, that was processed."""

    __tablename__: ClassVar[Any] = "replay"
    __table_args__ = NEVER_AGAIN

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
