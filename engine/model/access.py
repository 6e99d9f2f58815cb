"""Actors, their roles and their scopes."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    AGENT = "agent"
    ADMIN = "admin"
    MANAGER = "manager"
    USER = "user"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API key may do: a subset of its role's permissions."""

    INGEST = "ingest"
    READ = "read"
    MANAGE = "manage"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The acting party: a signed-in user, an API key, a source, or the system itself.

    `scopes` narrow the role's permissions; `sends` are the event types that it may send, empty: all.
    """

    kind: str  # "user", "key", "source" or "system"
    id: int
    name: str
    role: Role
    address: str = ""
    """The client's IP address; empty if this machine itself acts."""
    scopes: frozenset[Scope] = frozenset(Scope)
    sends: frozenset[str] = frozenset()

    @property
    def lacks_second_factor(self) -> bool:
        """A person whose role requires one: they may set it up, and nothing else."""
        return self.kind == "user" and not self.scopes
