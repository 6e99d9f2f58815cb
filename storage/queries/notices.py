"""Notices, and how far each user has read."""

from dataclasses import replace
from typing import Any

from sqlalchemy import or_
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from engine.model import Actor, Notice
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
        "user_id": notice.user_id,
        "inherited": fields_text(notice.inherited),
    }
    return replace(notice, seq=session.connection().execute(_INSERT_NOTICE, values).scalar_one())


def notices(session: Session, limit: int, before: int | None, actor: Actor | None) -> list[Notice]:
    statement = select(NoticeRow).order_by(col(NoticeRow.seq).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(NoticeRow.seq) < before)
    if actor is not None:
        statement = statement.where(*_is_for(actor))
    return [notice_of(row) for row in session.exec(statement)]


def unread(session: Session, actor: Actor) -> int:
    read = session.get(NoticesReadRow, actor.id)
    seq = read.seq if read else 0
    return session.exec(
        select(func.count()).select_from(NoticeRow).where(col(NoticeRow.seq) > seq, *_is_for(actor))
    ).one()


def _is_for(actor: Actor) -> tuple[Any, ...]:
    """As `Notice.is_for`."""
    user_id, person = col(NoticeRow.user_id), actor.id if actor.kind == "user" else None
    of_person = user_id.is_(None) if person is None else or_(user_id.is_(None), user_id == person)
    return of_person, col(NoticeRow.role).in_(("", actor.role.value))


def mark_read(session: Session, user_id: int, seq: int) -> None:
    put = insert(NoticesReadRow).values(user_id=user_id, seq=seq)
    newest = func.max(col(NoticesReadRow.seq), put.excluded.seq)
    session.connection().execute(put.on_conflict_do_update(index_elements=["user_id"], set_={"seq": newest}))
