"""Users, their sessions, links and second factors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model import OneTimeLink, Role, Session, User


class AccountStore(Protocol):
    async def has_admin(self) -> bool:
        """One that is active."""
        ...

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        """E-mail addresses compare without case. Without a hash the user is invited. Raises InvalidAccount where the
        address is taken."""
        ...

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        """With the password's hash."""
        ...

    async def add_session(self, token_hash: bytes, session: Session) -> None:
        """And notes when its user signed in last."""
        ...

    async def session(self, token_hash: bytes) -> Session | None: ...

    async def sessions_of(self, user_id: int) -> list[tuple[bytes, Session]]:
        """With the hashes of their tokens, the last seen first."""
        ...

    async def set_password_hash(self, user_id: int, password_hash: str) -> None: ...

    async def touch_session(self, token_hash: bytes, at: datetime) -> None: ...

    async def end_sessions(self, token_hashes: Sequence[bytes]) -> None: ...

    async def end_sessions_of(self, user_id: int, but: bytes | None) -> None:
        """All of a user, but for the one whose token has that hash."""
        ...


class PeopleStore(AccountStore, Protocol):
    async def users(self, limit: int, after: int) -> list[User]:
        """By id, beyond the id `after`."""
        ...

    async def user(self, user_id: int) -> User:
        """Raises NotFound."""
        ...

    async def change_user(
        self, user_id: int, *, role: Role | None, disabled: bool | None, at: datetime
    ) -> tuple[User, User]:
        """Gives the user as before and as now; None is as before. Whoever is disabled loses sessions and link.

        Raises NotFound; InvalidAccount where no active Admin would be left, or where it is an invited user to disable.
        """
        ...

    async def withdraw_user(self, user_id: int) -> User:
        """Takes away one who was invited and never came. Raises NotFound, InvalidAccount."""
        ...

    async def set_link(self, user_id: int, token_hash: bytes, expires_at: datetime, *, drop: bool) -> None:
        """In place of one that the user has. `drop`: it takes away the second factor too."""
        ...

    async def link(self, token_hash: bytes) -> OneTimeLink | None: ...

    async def use_link(self, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
        """Sets the password, ends all sessions of the user and the link; None where it has ended already."""
        ...

    async def second_factor(self, user_id: int) -> str | None:
        """Its sealed secret; None where it is off."""
        ...

    async def set_second_factor(self, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
        """With the hashes of its recovery codes; `step` is the last that was used."""
        ...

    async def drop_second_factor(self, user_id: int) -> None: ...

    async def take_step(self, user_id: int, step: int) -> bool:
        """Whether this time-step is later than the last one used; then it is the last one used."""
        ...

    async def set_recovery_codes(self, user_id: int, codes: Sequence[bytes]) -> None:
        """In place of those that there are."""
        ...

    async def take_recovery_code(self, user_id: int, code: bytes) -> bool:
        """Whether there was one of this hash; it is used up."""
        ...

    async def recovery_codes(self, user_id: int) -> int:
        """How many are left."""
        ...
