"""The mail queue."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from engine.errors import Overloaded
from engine.model import Mail, NewMail
from storage.rows.messages import mail_of
from storage.tables import MailRow

MOST_WAITING = 10_000
RETRY_AFTER_SECONDS = 60


def add(session: Session, mail: NewMail, at: datetime) -> None:
    """Raises Overloaded."""
    if waiting(session) >= MOST_WAITING:
        raise Overloaded(f"{MOST_WAITING} mails wait already to be sent.", RETRY_AFTER_SECONDS)
    session.add(MailRow(address=mail.address, subject=mail.subject, text=mail.text, created_at=at, due_at=at, tries=0))


def due(session: Session, now: datetime, limit: int) -> list[str]:
    """Addresses with mail due, longest overdue first."""
    first = func.min(col(MailRow.due_at))
    found = select(MailRow.address).where(col(MailRow.due_at) <= now).group_by(col(MailRow.address))
    return list(session.exec(found.order_by(first).limit(limit)))


def due_to(session: Session, address: str, now: datetime, limit: int) -> list[Mail]:
    """Oldest first."""
    found = select(MailRow).where(col(MailRow.address) == address, col(MailRow.due_at) <= now)
    return [mail_of(row) for row in session.exec(found.order_by(col(MailRow.seq)).limit(limit))]


def drop(session: Session, seqs: Sequence[int]) -> None:
    session.connection().execute(delete(MailRow).where(col(MailRow.seq).in_(seqs)))


def put_off(session: Session, seq: int, due_at: datetime) -> None:
    later = update(MailRow).where(col(MailRow.seq) == seq).values(due_at=due_at, tries=col(MailRow.tries) + 1)
    session.connection().execute(later)


def waiting(session: Session) -> int:
    return session.exec(select(func.count()).select_from(MailRow)).one()
