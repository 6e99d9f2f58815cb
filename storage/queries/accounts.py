from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from engine.errors import InvalidAccount
from engine.model import Role, User
from engine.model import Session as Signed
from storage.rows.people import session_of, user_of
from storage.tables import SessionRow, UserRow

_SESSIONS = select(SessionRow, UserRow).join(UserRow, col(SessionRow.user_id) == col(UserRow.id))


def has_admin(session: Session) -> bool:
    return active_admins(session, limit=1) > 0


def active_admins(session: Session, limit: int) -> int:
    """The number of active admins, counted up to `limit`."""
    admins = select(UserRow.id).where(
        UserRow.role == Role.ADMIN.value, col(UserRow.disabled_at).is_(None), UserRow.password_hash != ""
    )
    return len(session.exec(admins.limit(limit)).all())


def add_user(session: Session, row: UserRow) -> User:
    """Raises InvalidAccount if the address is taken."""
    if session.exec(select(UserRow.id).where(UserRow.email_folded == row.email_folded)).first():
        raise InvalidAccount("email", "There is an account with this e-mail address already.")
    session.add(row)
    session.flush()
    return user_of(row)


def add_first_admin(session: Session, row: UserRow) -> User | None:
    """None if there is an administrator. Raises InvalidAccount if the address is taken."""
    return None if has_admin(session) else add_user(session, row)


def user_by_email(session: Session, email: str) -> tuple[User, str] | None:
    row = session.exec(select(UserRow).where(UserRow.email_folded == email.casefold())).first()
    return (user_of(row), row.password_hash) if row else None


def add_session(session: Session, row: SessionRow) -> None:
    session.add(row)
    if user := session.get(UserRow, row.user_id):
        user.last_sign_in_at = row.created_at


def session(session: Session, token_hash: bytes) -> Signed | None:
    found = session.exec(_SESSIONS.where(SessionRow.token_hash == token_hash)).first()
    return session_of(*found) if found else None


def sessions_of(session: Session, user_id: int) -> list[tuple[bytes, Signed]]:
    found = session.exec(_SESSIONS.where(UserRow.id == user_id).order_by(col(SessionRow.last_seen_at).desc()))
    return [(row.token_hash, session_of(row, owner)) for row, owner in found]


def set_password_hash(session: Session, user_id: int, password_hash: str) -> None:
    if row := session.get(UserRow, user_id):
        row.password_hash = password_hash


def touch_session(session: Session, token_hash: bytes, at: datetime) -> None:
    if row := session.get(SessionRow, token_hash):
        row.last_seen_at = at


def end_sessions(session: Session, token_hashes: Sequence[bytes]) -> None:
    for token_hash in token_hashes:
        if row := session.get(SessionRow, token_hash):
            session.delete(row)


def end_sessions_of(session: Session, user_id: int, but: bytes | None) -> None:
    ending = delete(SessionRow).where(col(SessionRow.user_id) == user_id)
    session.connection().execute(ending if but is None else ending.where(col(SessionRow.token_hash) != but))
