"""Who did what, when and from where: an entry for each change, kept and never changed."""

from collections.abc import Callable
from datetime import datetime

from engine.access import Permission, require
from engine.model import Actor, AuditEntry, Json, Page
from engine.ports import AuditStore


class Audit:
    def __init__(self, store: AuditStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def entries(
        self, *, actor: Actor, limit: int = 50, cursor: str | None = None, action: str | None = None
    ) -> Page[AuditEntry]:
        """Newest first; with `action`, those whose action begins so. Raises NotAllowed, InvalidQuery."""
        require(actor, Permission.ADMINISTER)
        return await self._store.audit(limit, cursor, action)

    async def note(self, actor: Actor, action: str, subject: str, *, before: Json = None, after: Json = None) -> None:
        """`action` is dotted (`hook.saved`), `subject` names what it was done to (`hook 3 “Title”`).

        `before` and `after` are what changed, as JSON and without secrets. Raises StoreUnavailable.
        """
        await self._store.add_audit(
            AuditEntry(
                seq=0,
                at=self._now(),
                actor=actor.name,
                kind=actor.kind,
                role=actor.role,
                address=actor.address,
                action=action,
                subject=subject,
                before=before,
                after=after,
            )
        )
