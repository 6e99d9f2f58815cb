"""Accepted events."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN

CAUSED = "cause IS NOT NULL"
UNDECIDED = "revision IS NULL"
UNDECIDED_OF = f"{UNDECIDED} AND entity <> ''"


class EventRow(SQLModel, table=True):
    """`revision` is the hook revision that decided the event; null until then.

    `chain` is JSON, and `cause` the execution in its last link; null for an event from outside.
    `attributes` and `inherited` are JSON; null if there are none.
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        Index("event_undecided", "sender", "bulk", "seq", sqlite_where=text(UNDECIDED)),
        Index("event_undecided_of", "entity", "seq", sqlite_where=text(UNDECIDED_OF)),
        Index("event_by_type", "type", "seq"),
        Index("event_by_cause", "cause", "seq", sqlite_where=text(CAUSED)),
        NEVER_AGAIN,
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
    sender: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    entity: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    bulk: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    inherited: str | None = Field(default=None, sa_column=Column(Text))
