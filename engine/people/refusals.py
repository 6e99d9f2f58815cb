"""Records refusals in the audit log: once a minute per actor and permission."""

import logging
from collections.abc import Callable

from engine.access.audit import Audit
from engine.errors import StoreUnavailable
from engine.model import Actor, Json
from engine.people.throttle import Seldom
from engine.process.supervisor import Supervisor

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class Refusals:
    def __init__(self, audit: Audit, supervisor: Supervisor, clock: Callable[[], float]) -> None:
        self._audit, self._supervisor = audit, supervisor
        self._seldom = Seldom(clock, EVERY_SECONDS)

    def access(self, actor: Actor, what: str, place: str) -> None:
        """`what` the actor's role or scopes do not permit."""
        self.record(actor, what, "access.refused", place or what, {"lacks": what})

    def record(self, actor: Actor, what: str, action: str, subject: str, after: Json) -> None:
        """Returns at once: the refused request does not wait for the disk."""
        if self._seldom.due(f"{actor.kind} {actor.id} {what}"):
            self._supervisor.spawn(self._note(actor, action, subject, after), "audit of a refusal")

    async def _note(self, actor: Actor, action: str, subject: str, after: Json) -> None:
        try:
            await self._audit.note(actor, action, subject, after=after)
        except StoreUnavailable as error:
            log.warning("a refusal to %s cannot be audited: %s", actor.name, error)
