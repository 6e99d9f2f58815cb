"""Notices, how far users have read, and queued mail."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class NoticeRow(SQLModel, table=True):
    """`role` is the role of the recipients; empty for everyone. `user_id` is the only recipient, if there is one."""

    __tablename__: ClassVar[Any] = "notice"
    __table_args__ = NEVER_AGAIN

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime
    tone: str
    title: str
    text: str
    link: str
    role: str = Field(default="", sa_column_kwargs={"server_default": ""})
    user_id: int | None = None
    inherited: str | None = Field(default=None, sa_column=Column(Text))


class MailRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "mail"
    __table_args__ = (
        Index("mail_to", "address", "seq"),
        Index("mail_due", "due_at", "address"),
        NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    address: str
    subject: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    due_at: datetime
    tries: int


class NoticesReadRow(SQLModel, table=True):
    """The last notice a user has read."""

    __tablename__: ClassVar[Any] = "notices_read"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    seq: int
