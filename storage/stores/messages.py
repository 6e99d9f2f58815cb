"""Notices and mail."""

from collections.abc import Sequence
from datetime import datetime

from engine.model import Actor, Mail, NewMail, Notice
from storage.queries import mails, notices
from storage.stores.base import SqlBase


class SqlNotices(SqlBase):
    async def add_notice(self, notice: Notice) -> Notice:
        return await self._write(notices.add_notice, notice)

    async def notices(self, limit: int, before: int | None = None, actor: Actor | None = None) -> list[Notice]:
        return await self._read(notices.notices, limit, before, actor)

    async def unread(self, actor: Actor) -> int:
        return await self._read(notices.unread, actor)

    async def mark_read(self, user_id: int, seq: int) -> None:
        await self._write(notices.mark_read, user_id, seq)


class SqlMails(SqlBase):
    async def add_mail(self, mail: NewMail, at: datetime) -> None:
        await self._write(mails.add, mail, at)

    async def mail_due(self, now: datetime, limit: int) -> list[str]:
        return await self._read(mails.due, now, limit)

    async def mail_for(self, address: str, now: datetime, limit: int) -> list[Mail]:
        return await self._read(mails.due_to, address, now, limit)

    async def put_off_mail(self, seq: int, due_at: datetime) -> None:
        await self._write(mails.put_off, seq, due_at)

    async def drop_mail(self, seqs: Sequence[int]) -> None:
        await self._write(mails.drop, seqs)

    async def mail_waiting(self) -> int:
        return await self._read(mails.waiting)
