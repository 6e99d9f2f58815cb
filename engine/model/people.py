"""Users, their sessions, and the links with which they set a password."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.model.access import Role


class UserState(StrEnum):
    """`invited`: has a link to set a password, and no password yet."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    email: str
    role: Role
    created_at: datetime
    state: UserState = UserState.ACTIVE
    second_factor: bool = False
    last_sign_in_at: datetime | None = None

    @property
    def disabled(self) -> bool:
        return self.state is UserState.DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """Lets a user set a password, once. `drops_second_factor`: and disables their second factor."""

    user: User
    expires_at: datetime
    drops_second_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as an issuer of OpenID Connect knows them: `subject` never changes there, as an address may."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. `id` is short and reveals nothing about its token. `external`: by single sign-on."""

    id: str
    user: User
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    address: str
    device: str
    external: bool = False
