"""Users, their sessions, links and recovery codes."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN


class UserRow(SQLModel, table=True):
    """`email_folded` is the case-folded address, used for lookups. A user without a password hash is invited.

    `totp_secret` is encrypted; `totp_step` is the last time step whose code was used.
    """

    __tablename__: ClassVar[Any] = "user"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    email: str
    email_folded: str = Field(unique=True)
    role: str
    password_hash: str
    created_at: datetime
    disabled_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    totp_secret: str | None = None
    totp_step: int | None = None


class OneTimeLinkRow(SQLModel, table=True):
    """At most one per user: a new link replaces the old one."""

    __tablename__: ClassVar[Any] = "one_time_link"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    expires_at: datetime
    drops_second_factor: bool = False


class IdentityRow(SQLModel, table=True):
    """As whom an issuer of OpenID Connect knows a user."""

    __tablename__: ClassVar[Any] = "identity"

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime


class RecoveryCodeRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "recovery_code"

    user_id: int = Field(primary_key=True, foreign_key="user.id")
    code_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))


class SessionRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "session"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    address: str
    device: str
    external: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
