"""The audit log."""

from engine.model import AuditEntry, Page
from engine.ports import AuditQuery
from storage.queries import audit
from storage.stores.base import SqlBase


class SqlAudit(SqlBase):
    async def add_audit(self, entry: AuditEntry) -> None:
        await self._write(audit.add, entry)

    async def audit(self, query: AuditQuery) -> Page[AuditEntry]:
        return await self._read(audit.page, query)

    async def audit_areas(self) -> list[str]:
        return await self._read(audit.areas)

    async def audit_actors(self) -> list[str]:
        return await self._read(audit.actors)
