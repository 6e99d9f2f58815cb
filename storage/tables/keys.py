"""API keys."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class ApiKeyRow(SQLModel, table=True):
    """`scopes` and `types` are space-separated words. `owner_id` is the user in whose name it was created."""

    __tablename__: ClassVar[Any] = "api_key"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    scopes: str = Field(sa_column=Column(Text, nullable=False))
    types: str = Field(sa_column=Column(Text, nullable=False))
    rate: int | None = None
    expires_at: datetime | None = None
    prefix: str
    key_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    created_at: datetime
    created_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    owner_id: int | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_from: str = Field(default="", sa_column_kwargs={"server_default": ""})
