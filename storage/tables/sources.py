"""Sources, and what came from them. Hours are counted since the Unix epoch."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class SourceRow(SQLModel, table=True):
    """`types` are space-separated words, `verify` and `mapping` are JSON; token and secrets are sealed."""

    __tablename__: ClassVar[Any] = "source"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    name: str
    role: str
    types: str = Field(sa_column=Column(Text, nullable=False))
    enabled: bool
    verify: str | None = Field(default=None, sa_column=Column(Text))
    token: str = Field(sa_column=Column(Text, nullable=False))
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    secret: str | None = Field(default=None, sa_column=Column(Text))
    previous_secret: str | None = Field(default=None, sa_column=Column(Text))
    previous_until: datetime | None = None
    created_at: datetime
    created_by: str
    last_received_at: datetime | None = None
    mapping: str | None = Field(default=None, sa_column=Column(Text))
    mapping_version: int = 0
    previous_token_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    previous_token_until: datetime | None = None


class SourceHourRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "source_hour"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    hour: int = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    count: int


class SourceBodyRow(SQLModel, table=True):
    """`events` is a JSON list of ids, `headers` a JSON object."""

    __tablename__: ClassVar[Any] = "source_body"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    at: datetime
    outcome: str
    reason: str
    media_type: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    events: str = Field(sa_column=Column(Text, nullable=False))
    headers: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    query: str = Field(default="", sa_column=Column(Text, nullable=False))
