"""Converts rows to notices and mail."""

from typing import cast

from engine.model import Mail, Notice, Role
from storage.rows.events import fields_of
from storage.tables import MailRow, NoticeRow


def notice_of(row: NoticeRow) -> Notice:
    return Notice(
        seq=cast("int", row.seq),
        at=row.at,
        tone=row.tone,
        title=row.title,
        text=row.text,
        link=row.link,
        to=Role(row.role) if row.role else None,
        user_id=row.user_id,
        inherited=fields_of(row.inherited),
    )


def mail_of(row: MailRow) -> Mail:
    return Mail(
        seq=cast("int", row.seq),
        address=row.address,
        subject=row.subject,
        text=row.text,
        created_at=row.created_at,
        tries=row.tries,
    )
