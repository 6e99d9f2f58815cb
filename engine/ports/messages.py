"""Notices, and queued mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model import Actor, Mail, NewMail, Notice


class NoticeStore(Protocol):
    async def add_notice(self, notice: Notice) -> Notice:
        """Returns it with its seq."""
        ...

    async def notices(self, limit: int, before: int | None = None, actor: Actor | None = None) -> list[Notice]:
        """Newest first; with an actor, those for everyone, for their role, and for them."""
        ...

    async def unread(self, actor: Actor) -> int: ...

    async def mark_read(self, user_id: int, seq: int) -> None:
        """All up to that seq."""
        ...


class MailStore(Protocol):
    async def add_mail(self, mail: NewMail, at: datetime) -> None:
        """Raises Overloaded."""
        ...

    async def mail_due(self, now: datetime, limit: int) -> list[str]:
        """Addresses with mail that is due, longest due first."""
        ...

    async def mail_for(self, address: str, now: datetime, limit: int) -> list[Mail]:
        """The mail that is due to it, oldest first."""
        ...

    async def put_off_mail(self, seq: int, due_at: datetime) -> None:
        """Reschedules it after a failed try."""
        ...

    async def drop_mail(self, seqs: Sequence[int]) -> None: ...

    async def mail_waiting(self) -> int: ...
