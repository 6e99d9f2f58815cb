from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from engine.errors import InvalidAccount, NotFound
from engine.model import Identity, OneTimeLink, Role, User, UserState
from storage.queries.accounts import active_admins, add_user, end_sessions_of
from storage.rows.people import user_of
from storage.tables import IdentityRow, OneTimeLinkRow, RecoveryCodeRow, UserRow

LAST = "This is the last active Admin. Make somebody else an Admin first."


def users(session: Session, limit: int, after: int) -> list[User]:
    """By id, paginated by keyset."""
    found = select(UserRow).where(col(UserRow.id) > after).order_by(col(UserRow.id)).limit(limit)
    return [user_of(row) for row in session.exec(found)]


def user(session: Session, user_id: int) -> User:
    return user_of(_row(session, user_id))


def change(session: Session, user_id: int, role: Role | None, disabled: bool | None, at: datetime) -> tuple[User, User]:
    row = _row(session, user_id)
    before = user_of(row)
    if disabled and before.state is UserState.INVITED:
        raise InvalidAccount("disabled", "This user never came. Withdraw the invitation instead.")
    goes = (role is not None and role is not Role.ADMIN) or disabled is True
    if goes and _is_active_admin(before) and active_admins(session, limit=2) < 2:
        raise InvalidAccount("disabled" if disabled else "role", LAST)
    if role is not None:
        row.role = role.value
    if disabled is not None and disabled != before.disabled:
        row.disabled_at = at if disabled else None
    if disabled:
        end_sessions_of(session, user_id, None)
        _end_link(session, user_id)
    session.flush()
    return before, user_of(row)


def withdraw(session: Session, user_id: int) -> User:
    row = _row(session, user_id)
    if user_of(row).state is not UserState.INVITED:
        raise InvalidAccount("state", "This user has come already. Disable the account instead.")
    _end_link(session, user_id)
    session.delete(row)
    return user_of(row)


def set_link(session: Session, row: OneTimeLinkRow) -> None:
    session.merge(row)


def link(session: Session, token_hash: bytes) -> OneTimeLink | None:
    found = session.exec(
        select(OneTimeLinkRow, UserRow)
        .join(UserRow, col(OneTimeLinkRow.user_id) == col(UserRow.id))
        .where(OneTimeLinkRow.token_hash == token_hash)
    ).first()
    if found is None:
        return None
    row, owner = found
    return OneTimeLink(user=user_of(owner), expires_at=row.expires_at, drops_second_factor=row.drops_second_factor)


def use_link(session: Session, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
    found = link(session, token_hash)
    if found is None or found.expires_at <= now or found.user.disabled:
        return None
    row = _row(session, found.user.id)
    row.password_hash = password_hash
    if found.drops_second_factor:
        drop_second_factor(session, found.user.id)
    end_sessions_of(session, found.user.id, None)
    _end_link(session, found.user.id)
    session.flush()
    return user_of(row)


def user_of_identity(session: Session, identity: Identity) -> User | None:
    row = session.get(IdentityRow, (identity.issuer, identity.subject))
    return None if row is None else user(session, row.user_id)


def add_identity(session: Session, identity: Identity, row: UserRow, join: bool) -> tuple[User, bool]:
    """Of two that come at once, the second finds what the first has added."""
    if known := user_of_identity(session, identity):
        return known, False
    there = session.exec(select(UserRow).where(UserRow.email_folded == row.email_folded)).first() if join else None
    owner = add_user(session, row) if there is None else user_of(_joined(session, there, row.password_hash))
    session.add(
        IdentityRow(issuer=identity.issuer, subject=identity.subject, user_id=owner.id, created_at=row.created_at)
    )
    return owner, there is None


def _joined(session: Session, there: UserRow, password_hash: str) -> UserRow:
    if not there.password_hash:
        there.password_hash = password_hash
        _end_link(session, cast("int", there.id))
        session.flush()
    return there


def second_factor(session: Session, user_id: int) -> str | None:
    return _row(session, user_id).totp_secret


def set_second_factor(session: Session, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
    row = _row(session, user_id)
    row.totp_secret, row.totp_step = secret, step
    set_recovery_codes(session, user_id, codes)


def drop_second_factor(session: Session, user_id: int) -> None:
    row = _row(session, user_id)
    row.totp_secret = row.totp_step = None
    set_recovery_codes(session, user_id, ())


def take_step(session: Session, user_id: int, step: int) -> bool:
    last = col(UserRow.totp_step)
    later = update(UserRow).where(col(UserRow.id) == user_id, or_(last.is_(None), last < step))
    return session.connection().execute(later.values(totp_step=step)).rowcount == 1


def set_recovery_codes(session: Session, user_id: int, codes: Sequence[bytes]) -> None:
    session.connection().execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.user_id) == user_id))
    session.add_all(RecoveryCodeRow(user_id=user_id, code_hash=code) for code in codes)


def take_recovery_code(session: Session, user_id: int, code: bytes) -> bool:
    this = delete(RecoveryCodeRow).where(
        col(RecoveryCodeRow.user_id) == user_id, col(RecoveryCodeRow.code_hash) == code
    )
    return session.connection().execute(this).rowcount == 1


def recovery_codes(session: Session, user_id: int) -> int:
    counted = select(func.count()).select_from(RecoveryCodeRow).where(col(RecoveryCodeRow.user_id) == user_id)
    return session.exec(counted).one()


def _row(session: Session, user_id: int) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound("user", user_id)
    return row


def _is_active_admin(user: User) -> bool:
    return user.role is Role.ADMIN and user.state is UserState.ACTIVE


def _end_link(session: Session, user_id: int) -> None:
    session.connection().execute(delete(OneTimeLinkRow).where(col(OneTimeLinkRow.user_id) == user_id))
