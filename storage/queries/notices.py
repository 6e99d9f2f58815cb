"""Notices, and how far each user has read."""

from dataclasses import replace
from typing import Any

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from engine.model import Notice, Role
from storage.rows.events import fields_text
from storage.rows.messages import notice_of
from storage.tables import NoticeRow, NoticesReadRow

_INSERT_NOTICE = insert(NoticeRow).returning(col(NoticeRow.seq))


def add_notice(session: Session, notice: Notice) -> Notice:
    values = {
        "at": notice.at,
        "tone": notice.tone,
        "title": notice.title,
        "text": notice.text,
        "link": notice.link,
        "role": notice.to.value if notice.to else "",
        "inherited": fields_text(notice.inherited),
    }
    return replace(notice, seq=session.connection().execute(_INSERT_NOTICE, values).scalar_one())


def notices(session: Session, limit: int, before: int | None, role: Role | None) -> list[Notice]:
    statement = select(NoticeRow).order_by(col(NoticeRow.seq).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(NoticeRow.seq) < before)
    if role is not None:
        statement = statement.where(_is_for(role))
    return [notice_of(row) for row in session.exec(statement)]


def unread(session: Session, user_id: int, role: Role) -> int:
    read = session.get(NoticesReadRow, user_id)
    seq = read.seq if read else 0
    return session.exec(
        select(func.count()).select_from(NoticeRow).where(col(NoticeRow.seq) > seq, _is_for(role))
    ).one()


def _is_for(role: Role) -> Any:
    return col(NoticeRow.role).in_(("", role.value))


def mark_read(session: Session, user_id: int, seq: int) -> None:
    put = insert(NoticesReadRow).values(user_id=user_id, seq=seq)
    newest = func.max(col(NoticesReadRow.seq), put.excluded.seq)
    session.connection().execute(put.on_conflict_do_update(index_elements=["user_id"], set_={"seq": newest}))
