"""The fields of what sources send, by hour since the Unix epoch, and those that have changed."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class FieldHourRow(SQLModel, table=True):
    """`fields` is JSON: by path and kind, how many events had it."""

    __tablename__: ClassVar[Any] = "field_hour"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    type: str = Field(primary_key=True)
    hour: int = Field(primary_key=True)
    events: int
    fields: str = Field(sa_column=Column(Text, nullable=False))


class DriftRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "drift"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    type: str
    path: str
    kind: str
    before: float
    came: int
    events: int
    since: datetime
    became: str
    successor: str
    found_at: datetime
    ended_at: datetime | None = None
