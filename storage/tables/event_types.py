"""Event types that a team added."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel


class EventTypeRow(SQLModel, table=True):
    """`settings` is JSON: label, group, meaning, fields and a sample."""

    __tablename__: ClassVar[Any] = "event_type"

    type: str = Field(primary_key=True)
    settings: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    created_by: str
