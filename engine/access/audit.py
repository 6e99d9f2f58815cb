"""Who did what, when and from where: one entry per change, append-only."""

from collections.abc import Callable, Mapping
from datetime import datetime

from engine.access.permissions import Permission, require
from engine.model import Actor, AuditEntry, Json, Page
from engine.ports import AuditQuery, AuditStore

ALL = AuditQuery()


class Audit:
    def __init__(self, store: AuditStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def entries(self, query: AuditQuery = ALL, *, actor: Actor) -> Page[AuditEntry]:
        """Newest first. Raises NotAllowed, InvalidQuery."""
        require(actor, Permission.ADMINISTER)
        return await self._store.audit(query)

    async def areas(self, *, actor: Actor) -> list[str]:
        """The prefixes (before the dot) of the actions that occur. Raises NotAllowed."""
        require(actor, Permission.ADMINISTER)
        return await self._store.audit_areas()

    async def actors(self, *, actor: Actor) -> list[str]:
        """The names of actors that occur, capped when there are very many. Raises NotAllowed."""
        require(actor, Permission.ADMINISTER)
        return await self._store.audit_actors()

    async def note_export(self, narrowed: Mapping[str, Json], *, actor: Actor) -> None:
        """Records that the actor exported the log as a file. Raises NotAllowed."""
        require(actor, Permission.ADMINISTER)
        await self.note(actor, "audit.taken", "audit log", after=dict(narrowed))

    async def note(self, actor: Actor, action: str, subject: str, *, before: Json = None, after: Json = None) -> None:
        """`action` is dotted (`hook.saved`); `subject` names the target (`hook 3 “Title”`).

        `before` and `after` are the changes, as JSON and without secrets. Raises StoreUnavailable.
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


def changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    """The `before` and `after` for `note`: only the fields that differ."""
    names = [name for name in after if after[name] != before.get(name)]
    return {"before": {name: before.get(name) for name in names}, "after": {name: after[name] for name in names}}
