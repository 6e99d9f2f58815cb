"""What a role or a scope did not permit, told in the audit log: once a minute for whoever asks, and for what."""

import logging
from collections.abc import Callable

from engine.access import Permission
from engine.audit import Audit
from engine.errors import StoreUnavailable
from engine.model import Actor
from engine.supervisor import Supervisor
from engine.throttle import Seldom

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class Refusals:
    def __init__(self, audit: Audit, supervisor: Supervisor, clock: Callable[[], float]) -> None:
        self._audit, self._supervisor = audit, supervisor
        self._seldom = Seldom(clock, EVERY_SECONDS)

    def note(self, actor: Actor, permission: Permission, place: str) -> None:
        """Returns at once: whoever was refused does not wait for the disk."""
        if self._seldom.due(f"{actor.kind} {actor.id} {permission}"):
            self._supervisor.spawn(self._store(actor, permission, place), "audit of a refusal")

    async def _store(self, actor: Actor, permission: Permission, place: str) -> None:
        try:
            await self._audit.note(actor, "access.refused", place or str(permission), after={"lacks": str(permission)})
        except StoreUnavailable as error:
            log.warning("a refusal of %s cannot be audited: %s", actor.name, error)
