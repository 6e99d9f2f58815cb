from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from engine.errors import InvalidAccount
from engine.model import ApiKey, Role, User
from storage.rows import key_of, user_of
from storage.tables import ApiKeyRow, SessionRow, UserRow


def has_admin(session: Session) -> bool:
    admin = select(UserRow.id).where(UserRow.role == Role.ADMIN.value, col(UserRow.disabled_at).is_(None))
    return session.exec(admin.limit(1)).first() is not None


def add_user(session: Session, row: UserRow) -> User:
    """Raises InvalidAccount where the address is taken."""
    if session.exec(select(UserRow.id).where(UserRow.email_folded == row.email_folded)).first():
        raise InvalidAccount("email", "There is an account with this e-mail address already.")
    session.add(row)
    session.flush()
    return user_of(row)


def user_by_email(session: Session, email: str) -> tuple[User, str] | None:
    row = session.exec(select(UserRow).where(UserRow.email_folded == email.casefold())).first()
    return (user_of(row), row.password_hash) if row else None


def add_session(session: Session, row: SessionRow) -> None:
    """Takes the occasion to drop sessions that have ended."""
    for ended in session.exec(select(SessionRow).where(SessionRow.expires_at <= row.created_at)):
        session.delete(ended)
    session.add(row)


def session_user(session: Session, token_hash: bytes, now: datetime) -> User | None:
    row = session.exec(
        select(UserRow)
        .join(SessionRow, col(SessionRow.user_id) == col(UserRow.id))
        .where(SessionRow.token_hash == token_hash, SessionRow.expires_at > now, col(UserRow.disabled_at).is_(None))
    ).first()
    return user_of(row) if row else None


def end_session(session: Session, token_hash: bytes) -> None:
    if row := session.get(SessionRow, token_hash):
        session.delete(row)


def add_key(session: Session, row: ApiKeyRow) -> ApiKey:
    session.add(row)
    session.flush()
    return key_of(row)


def key_by_hash(session: Session, key_hash: bytes) -> ApiKey | None:
    row = session.exec(
        select(ApiKeyRow).where(ApiKeyRow.key_hash == key_hash, col(ApiKeyRow.revoked_at).is_(None))
    ).first()
    return key_of(row) if row else None


def keys(session: Session) -> list[ApiKey]:
    return [key_of(row) for row in session.exec(select(ApiKeyRow).order_by(col(ApiKeyRow.id)))]


def revoke_key(session: Session, key_id: int, at: datetime) -> None:
    row = session.get(ApiKeyRow, key_id)
    if row is not None and row.revoked_at is None:
        row.revoked_at = at


def touch_keys(session: Session, used: Sequence[tuple[int, datetime]]) -> None:
    for key_id, at in used:
        if row := session.get(ApiKeyRow, key_id):
            row.last_used_at = at
