"""Settings of single sign-on by OpenID Connect. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from engine.model import Role

HIGHEST_FIRST: Final = (Role.ADMIN, Role.MANAGER, Role.USER)
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoSettings:
    """`roles` maps groups of the issuer to roles, and `groups_claim` is the claim that lists a person's groups.

    `passwords`: people may sign in with a password too.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    roles: Mapping[str, Role]
    scopes: str = "openid email profile"
    groups_claim: str = "groups"
    passwords: bool = True

    @property
    def host(self) -> str:
        """How people know the issuer."""
        return urlsplit(self.issuer).hostname or self.issuer

    def role_of(self, groups: Iterable[object]) -> Role | None:
        """The highest role of any of the groups; None if none of them has one."""
        found = {self.roles[group] for group in groups if isinstance(group, str) and group in self.roles}
        return next((role for role in HIGHEST_FIRST if role in found), None)


def is_secure(url: str) -> bool:
    """Whether what is sent there stays secret: over https, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def roles_in(text: str) -> dict[str, Role]:
    """From `GROUP=ROLE, GROUP=ROLE`. Raises ValueError."""
    roles: dict[str, Role] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        group, _, name = (one.strip() for one in part.rpartition("="))
        if not group or name not in HIGHEST_FIRST:
            raise ValueError("write it as GROUP=ROLE, GROUP=ROLE, with the roles admin, manager and user")
        roles[group] = Role(name)
    return roles


def sso_settings(
    *,
    issuer: str,
    client_id: str,
    client_secret: str = "",
    roles: str,
    scopes: str = "",
    groups_claim: str = "",
    passwords: bool = True,
) -> SsoSettings | None:
    """As they are set; None without an issuer. Raises ValueError."""
    if not issuer:
        if passwords:
            return None
        raise ValueError("passwords can only be turned off where OIDC_ISSUER is set")
    if not is_secure(issuer):
        raise ValueError("OIDC_ISSUER has to be an https:// address, such as https://login.example.com/realms/team")
    if not client_id:
        raise ValueError("OIDC_CLIENT_ID has to be set together with OIDC_ISSUER")
    if not (mapped := roles_in(roles)):
        raise ValueError("OIDC_ROLES has to name a group, such as hooks-admins=admin, sales=user")
    chosen = scopes.replace(",", " ").split() or ["openid", "email", "profile"]
    return SsoSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        roles=mapped,
        scopes=" ".join(dict.fromkeys(["openid", *chosen])),
        groups_claim=groups_claim or "groups",
        passwords=passwords,
    )
