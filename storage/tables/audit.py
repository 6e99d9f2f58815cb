"""Who did what."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Computed, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import NEVER_AGAIN

AREA = "substr(action, 1, instr(action, '.') - 1)"


class AuditRow(SQLModel, table=True):
    """Append-only, enforced by triggers. `before` and `after` are JSON; `area` is the `hook` of `hook.saved`."""

    __tablename__: ClassVar[Any] = "audit"
    __table_args__ = (
        Index("audit_by_area", "area", "seq"),
        Index("audit_by_action", "action", "seq"),
        Index("audit_by_actor", "actor", "seq"),
        NEVER_AGAIN,
    )

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str
    kind: str
    role: str
    address: str
    action: str
    subject: str
    before: str | None = Field(default=None, sa_column=Column(Text))
    after: str | None = Field(default=None, sa_column=Column(Text))
    area: str | None = Field(default=None, sa_column=Column(Text, Computed(AREA, persisted=False)))
