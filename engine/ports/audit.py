"""What was done, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import AuditEntry, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """`action` is one (`hook.saved`) or an area of them (`hook`); `actor` a name; `text` words that an entry holds."""

    limit: int = 50
    cursor: str | None = None
    action: str = ""
    actor: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditStore(Protocol):
    async def add_audit(self, entry: AuditEntry) -> None:
        """Its seq is given by the store."""
        ...

    async def audit(self, query: AuditQuery) -> Page[AuditEntry]:
        """Newest first. Raises InvalidQuery."""
        ...

    async def audit_areas(self) -> list[str]:
        """What stands before the dot of the actions that occur."""
        ...

    async def audit_actors(self) -> list[str]:
        """The names of those who did something; of very many, some."""
        ...
