"""Converts rows to users and sessions."""

from typing import cast

from engine.model import Role, Session, User, UserState
from storage.tables import SessionRow, UserRow


def user_of(row: UserRow) -> User:
    return User(
        id=cast("int", row.id),
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
        state=_state_of(row),
        second_factor=row.totp_secret is not None,
        last_sign_in_at=row.last_sign_in_at,
    )


def _state_of(row: UserRow) -> UserState:
    if row.disabled_at is not None:
        return UserState.DISABLED
    return UserState.ACTIVE if row.password_hash else UserState.INVITED


def session_of(row: SessionRow, user: UserRow) -> Session:
    return Session(
        id=row.token_hash[:6].hex(),
        user=user_of(user),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_seen_at=row.last_seen_at,
        address=row.address,
        device=row.device,
        external=row.external,
    )
