"""Lead tables. `fields`, `scored` (a score with its rules) and `rules` are JSON."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class LeadRow(SQLModel, table=True):
    """Its searchable text is in `lead_text`, under its id."""

    __tablename__: ClassVar[Any] = "lead"
    __table_args__ = (
        Index("lead_by_score", "score", "id"),
        Index("lead_by_seen", "last_seen_at", "id"),
        Index("lead_by_status_and_score", "status", "score", "id"),
        Index("lead_by_status_and_seen", "status", "last_seen_at", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    version: int
    name: str
    status: str
    status_by: str
    score: int
    scored: str = Field(sa_column=Column(Text, nullable=False))
    fields: str = Field(sa_column=Column(Text, nullable=False))
    first_seen_at: datetime
    last_seen_at: datetime
    last_event_type: str


class LeadChangeRow(SQLModel, table=True):
    """The history of leads."""

    __tablename__: ClassVar[Any] = "lead_change"
    __table_args__ = (Index("lead_change_of", "lead_id", "seq"), NEVER_AGAIN)

    seq: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id")
    at: datetime
    what: str
    before: str
    after: str
    reason: str
    by: str
    event_id: str
    execution_id: str


class LeadEventRow(SQLModel, table=True):
    """Which events are about a lead; deleted with the event."""

    __tablename__: ClassVar[Any] = "lead_event"
    __table_args__ = (Index("lead_event_of_event", "event_seq"),)

    lead_id: int = Field(primary_key=True, foreign_key="lead.id")
    event_seq: int = Field(primary_key=True, foreign_key="event.seq")


class LeadRulesRow(SQLModel, table=True):
    """Every version of the rules."""

    __tablename__: ClassVar[Any] = "lead_rules"

    version: int = Field(primary_key=True)
    rules: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime
    saved_by: str
