"""Users, their sessions, links and second factors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model import Identity, OneTimeLink, Role, Session, User


class AccountStore(Protocol):
    async def has_admin(self) -> bool:
        """Whether there is an active one."""
        ...

    async def add_user(self, *, email: str, role: Role, password_hash: str, at: datetime) -> User:
        """E-mail addresses are case-insensitive. Without a hash the user is invited. Raises InvalidAccount if the
        address is taken."""
        ...

    async def add_first_admin(self, *, email: str, password_hash: str, at: datetime) -> User | None:
        """None if there is an active one by then. Raises InvalidAccount if the address is taken."""
        ...

    async def user_by_email(self, email: str) -> tuple[User, str] | None:
        """With the password hash."""
        ...

    async def add_session(self, token_hash: bytes, session: Session) -> None:
        """Also records the user's last sign-in."""
        ...

    async def session(self, token_hash: bytes) -> Session | None: ...

    async def sessions_of(self, user_id: int) -> list[tuple[bytes, Session]]:
        """With the hashes of their tokens, last seen first."""
        ...

    async def set_password_hash(self, user_id: int, password_hash: str) -> None: ...

    async def touch_session(self, token_hash: bytes, at: datetime) -> None: ...

    async def end_sessions(self, token_hashes: Sequence[bytes]) -> None: ...

    async def end_sessions_of(self, user_id: int, but: bytes | None) -> None:
        """All of a user's, except the one whose token has that hash."""
        ...


class PeopleStore(AccountStore, Protocol):
    async def users(self, limit: int, after: int) -> list[User]:
        """By id, after the id `after`."""
        ...

    async def user(self, user_id: int) -> User:
        """Raises NotFound."""
        ...

    async def change_user(
        self, user_id: int, *, role: Role | None, disabled: bool | None, at: datetime
    ) -> tuple[User, User]:
        """Returns the user before and after; None leaves a value unchanged. A disabled user loses sessions and link.

        Raises NotFound; InvalidAccount if no active Admin would be left, or to disable an invited user.
        """
        ...

    async def withdraw_user(self, user_id: int) -> User:
        """Deletes a user who never accepted the invitation. Raises NotFound, InvalidAccount."""
        ...

    async def set_link(self, user_id: int, token_hash: bytes, expires_at: datetime, *, drop: bool) -> None:
        """Replaces the user's link. `drop`: using it also removes the second factor."""
        ...

    async def link(self, token_hash: bytes) -> OneTimeLink | None: ...

    async def use_link(self, token_hash: bytes, password_hash: str, now: datetime) -> User | None:
        """Sets the password, ends all of the user's sessions, and consumes the link; None if it has expired."""
        ...

    async def user_of_identity(self, identity: Identity) -> User | None: ...

    async def add_identity(
        self, identity: Identity, *, email: str, role: Role, password_hash: str, at: datetime, join: bool
    ) -> tuple[User, bool]:
        """The user whom the identity belongs to from then on, and whether they were created.

        `join`: an account of that address is theirs; one that was invited becomes active, with that password hash, and
        loses its link. Raises InvalidAccount if there is one and they may not join it.
        """
        ...

    async def second_factor(self, user_id: int) -> str | None:
        """Its sealed secret; None if it is off."""
        ...

    async def set_second_factor(self, user_id: int, secret: str, step: int, codes: Sequence[bytes]) -> None:
        """With the hashes of its recovery codes; `step` is the last time step used."""
        ...

    async def drop_second_factor(self, user_id: int) -> None: ...

    async def take_step(self, user_id: int, step: int) -> bool:
        """Whether this time step is later than the last one used; if so, records it as used."""
        ...

    async def set_recovery_codes(self, user_id: int, codes: Sequence[bytes]) -> None:
        """Replaces the existing ones."""
        ...

    async def take_recovery_code(self, user_id: int, code: bytes) -> bool:
        """Whether there was one with this hash; consumes it."""
        ...

    async def recovery_codes(self, user_id: int) -> int:
        """How many are left."""
        ...
