"""Commands on event types that a team adds: created, changed and deleted, and in the catalogue at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from engine.access.audit import Audit, changed
from engine.access.permissions import Permission, require
from engine.errors import InUse, InvalidEventType, NotFound
from engine.events.catalogue import Catalogue
from engine.hooks.own_types import event_types_of, name_of, read_own_type, write_own_type
from engine.model import Actor, Json
from engine.model.event_types import OwnType
from engine.ports import EventTypeStore
from engine.process.announcer import Announcer

MOST_TYPES: Final = 200

Uses = Callable[[str], Awaitable[Sequence[str]]]
"""What needs an event type, each in words, such as `hook 3 “Title”`."""


class EventTypes:
    def __init__(
        self,
        store: EventTypeStore,
        catalogue: Catalogue,
        audit: Audit,
        now: Callable[[], datetime],
        uses: Sequence[Uses],
    ) -> None:
        self._store, self._catalogue, self._audit, self._now, self._uses = store, catalogue, audit, now, uses
        self._own: dict[str, OwnType] = {}
        self._changes = Announcer[[]]("the event types")

    async def load(self) -> None:
        """One that has come to be built in since is left out of the catalogue."""
        built_in = {known.type for known in self._catalogue.built_in}
        self._own = {one.type: one for one in await self._store.event_types() if one.type not in built_in}
        self._offer()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Called after every change; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    def own(self) -> tuple[OwnType, ...]:
        """By name."""
        return tuple(sorted(self._own.values(), key=lambda one: one.type))

    async def create(self, raw: Mapping[str, Json], *, actor: Actor) -> OwnType:
        """`raw` is in the API's shape, with `type`. Raises NotAllowed, InvalidEventType."""
        require(actor, Permission.MANAGE_SOURCES)
        settings = read_own_type({name: value for name, value in raw.items() if name != "type"})
        name = name_of(raw.get("type"), self._catalogue)
        if len(self._own) >= MOST_TYPES:
            raise InvalidEventType({"type": f"There are {MOST_TYPES} types of your own, and may be no more."})
        made = OwnType(type=name, settings=settings, created_at=self._now(), created_by=actor.name)
        await self._store.save_event_type(made)
        self._put(made)
        await self._audit.note(actor, "event_type.created", _named(made), after=write_own_type(settings))
        return made

    async def change(self, name: str, raw: Mapping[str, Json], *, actor: Actor) -> OwnType:
        """All but its name. Raises NotAllowed, NotFound, InvalidEventType."""
        require(actor, Permission.MANAGE_SOURCES)
        known = self._known(name)
        if raw.get("type", name) != name:
            raise InvalidEventType({"type": "The name of an event type stays; create another."})
        settings = read_own_type({name: value for name, value in raw.items() if name != "type"})
        made = replace(known, settings=settings)
        await self._store.save_event_type(made)
        self._put(made)
        before, after = write_own_type(known.settings), write_own_type(settings)
        if before != after:
            await self._audit.note(actor, "event_type.changed", _named(made), **changed(before, after))
        return made

    async def delete(self, name: str, *, actor: Actor) -> None:
        """Stored events keep it. Raises NotAllowed, NotFound, InUse."""
        require(actor, Permission.MANAGE_SOURCES)
        known = self._known(name)
        needed_by = [use for uses in self._uses for use in await uses(name)]
        if needed_by:
            more = f" and {len(needed_by) - 3} more" if len(needed_by) > 3 else ""
            raise InUse(f"{name} is used by {', '.join(needed_by[:3])}{more}. Change these first.")
        await self._store.delete_event_type(name)
        del self._own[name]
        self._offer()
        await self._audit.note(actor, "event_type.deleted", _named(known), before=write_own_type(known.settings))

    def _known(self, name: str) -> OwnType:
        if found := self._own.get(name):
            return found
        if name in self._catalogue.by_name:
            raise InvalidEventType({"type": f"{name} is built in: it cannot be changed."})
        raise NotFound("event type", name)

    def _put(self, made: OwnType) -> None:
        self._own[made.type] = made
        self._offer()

    def _offer(self) -> None:
        self._catalogue.add_own(event_types_of(self.own()))
        self._changes.announce()


def _named(one: OwnType) -> str:
    return f"event type {one.type} “{one.settings.label}”"
