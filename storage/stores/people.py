"""Users, their sessions, links and second factors."""

from collections.abc import Sequence
from datetime import datetime

from engine.model import Identity, OneTimeLink, Role, User
from engine.model import Session as Signed
from storage.queries import accounts, people
from storage.stores.base import SqlBase
from storage.tables import OneTimeLinkRow, SessionRow, UserRow


class SqlAccounts(SqlBase):
    async def has_admin(self) -> bool:
        return await self._read(accounts.has_admin)

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        return await self._write(accounts.add_user, _row(email, role, password_hash, at))

    async def add_first_admin(self, *, email: str, password_hash: str, at: datetime) -> User | None:
        return await self._write(accounts.add_first_admin, _row(email, Role.ADMIN, password_hash, at))

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        return await self._read(accounts.user_by_email, email)

    async def add_session(self, token_hash: bytes, session: Signed) -> None:
        row = SessionRow(
            token_hash=token_hash,
            user_id=session.user.id,
            created_at=session.created_at,
            expires_at=session.expires_at,
            last_seen_at=session.last_seen_at,
            address=session.address,
            device=session.device,
            external=session.external,
        )
        await self._write(accounts.add_session, row)

    async def session(self, token_hash: bytes) -> Signed | None:
        return await self._read(accounts.session, token_hash)

    async def sessions_of(self, user_id: int) -> list[tuple[bytes, Signed]]:
        return await self._read(accounts.sessions_of, user_id)

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        await self._write(accounts.set_password_hash, user_id, password_hash)

    async def touch_session(self, token_hash: bytes, at: datetime) -> None:
        await self._write(accounts.touch_session, token_hash, at)

    async def end_sessions(self, token_hashes: Sequence[bytes]) -> None:
        await self._write(accounts.end_sessions, token_hashes)

    async def end_sessions_of(self, user_id: int, but: bytes | None) -> None:
        await self._write(accounts.end_sessions_of, user_id, but)


class SqlPeople(SqlAccounts):
    async def users(self, limit: int, after: int) -> list[User]:
        return await self._read(people.users, limit, after)

    async def user(self, user_id: int) -> User:
        return await self._read(people.user, user_id)

    async def change_user(
        self, user_id: int, *, role: Role | None, disabled: bool | None, at: datetime
    ) -> tuple[User, User]:
        return await self._write(people.change, user_id, role, disabled, at)

    async def withdraw_user(self, user_id: int) -> User:
        return await self._write(people.withdraw, user_id)

    async def set_link(self, user_id: int, token_hash: bytes, expires_at: datetime, *, drop: bool) -> None:
        row = OneTimeLinkRow(user_id=user_id, token_hash=token_hash, expires_at=expires_at, drops_second_factor=drop)
        await self._write(people.set_link, row)

    async def link(self, token_hash: bytes) -> OneTimeLink | None:
        return await self._read(people.link, token_hash)

    async def use_link(self, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
        return await self._write(people.use_link, token_hash, password_hash, now)

    async def user_of_identity(self, identity: Identity) -> User | None:
        return await self._read(people.user_of_identity, identity)

    async def add_identity(
        self, identity: Identity, *, email: str, role: Role, password_hash: str, at: datetime, join: bool
    ) -> tuple[User, bool]:
        return await self._write(people.add_identity, identity, _row(email, role, password_hash, at), join)

    async def second_factor(self, user_id: int) -> str | None:
        return await self._read(people.second_factor, user_id)

    async def set_second_factor(self, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
        await self._write(people.set_second_factor, user_id, secret, step, codes)

    async def drop_second_factor(self, user_id: int) -> None:
        await self._write(people.drop_second_factor, user_id)

    async def take_step(self, user_id: int, step: int) -> bool:
        return await self._write(people.take_step, user_id, step)

    async def set_recovery_codes(self, user_id: int, codes: Sequence[bytes]) -> None:
        await self._write(people.set_recovery_codes, user_id, codes)

    async def take_recovery_code(self, user_id: int, code: bytes) -> bool:
        return await self._write(people.take_recovery_code, user_id, code)

    async def recovery_codes(self, user_id: int) -> int:
        return await self._read(people.recovery_codes, user_id)


def _row(email: str, role: Role, password_hash: str, at: datetime) -> UserRow:
    return UserRow(
        email=email, email_folded=email.casefold(), role=role.value, password_hash=password_hash, created_at=at
    )
