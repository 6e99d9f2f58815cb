"""Who acts, and what that role or key is for."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    AGENT = "agent"
    ADMIN = "admin"
    MANAGER = "manager"
    USER = "user"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API key is for: a part of what its role permits."""

    INGEST = "ingest"
    READ = "read"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a signed-in user, an API key, or the system itself.

    `scopes` narrow what the role permits; `sends` are the types of event it may send, empty: all.
    """

    kind: str  # "user", "key" or "system"
    id: int
    name: str
    role: Role
    address: str = ""
    """Where from: an IP address, empty where it is this machine's own doing."""
    scopes: frozenset[Scope] = frozenset(Scope)
    sends: frozenset[str] = frozenset()
