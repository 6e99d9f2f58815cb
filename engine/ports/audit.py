"""The audit log's store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import AuditEntry, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """`action` is one (`hook.saved`) or a prefix (`hook`); `actor` a name; `text` words that an entry contains."""

    limit: int = 50
    cursor: str | None = None
    action: str = ""
    actor: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditStore(Protocol):
    async def add_audit(self, entry: AuditEntry) -> None:
        """The store assigns its seq."""
        ...

    async def audit(self, query: AuditQuery) -> Page[AuditEntry]:
        """Newest first. Raises InvalidQuery."""
        ...

    async def audit_areas(self) -> list[str]:
        """The prefixes (before the dot) of the actions that occur."""
        ...

    async def audit_actors(self) -> list[str]:
        """The names of actors that occur, capped when there are very many."""
        ...
