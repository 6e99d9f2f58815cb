"""Which fields are personal data, who sees them unmasked, and the audit of such views."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, cast

from engine.access.audit import Audit
from engine.access.permissions import Permission, may, require
from engine.errors import InvalidHook, StoreUnavailable
from engine.events.catalogue import Catalogue
from engine.model import Actor, Change, Event, Json
from engine.ports import SealStore
from engine.privacy.inherited import inheriting
from engine.privacy.masking import Veil, folded
from engine.privacy.visibility import Sight

SETTING: Final = "sensitive_fields"
MOST_FIELDS: Final = 100
NOTE_INTERVAL: Final = timedelta(hours=1)
MOST_REMEMBERED: Final = 10_000

_NAME: Final = re.compile(r"[A-Za-z_][\w-]{0,99}")


class Sensitive:
    """Sensitive fields by case-insensitive name, at any depth: the catalogue's, unless an Admin chose others."""

    def __init__(self, store: SealStore, catalogue: Catalogue, audit: Audit, now: Callable[[], datetime]) -> None:
        self._store, self._audit, self._now = store, audit, now
        self.usual: frozenset[str] = catalogue.sensitive
        pairs = {pair for type in catalogue.types for pair in type.aliases.items()}
        self._aliases = [(folded(a), folded(b)) for pair in pairs for a, b in (pair, reversed(pair))]
        self._set(self.usual)
        self._noted: OrderedDict[tuple[str, int, str], datetime] = OrderedDict()

    async def load(self) -> None:
        chosen = await self._store.setting(SETTING)
        if chosen is not None:
            self._set(map(folded, cast("list[str]", chosen)))

    @property
    def fields(self) -> frozenset[str]:
        return self._fields

    def _set(self, fields: Iterable[str]) -> None:
        """They are hidden by all of their names: by an alias, a field could be read after all. What was computed as
        others see it is cached by its `Sight`, so that is one object until the fields change."""
        self._fields = frozenset(fields)
        self._hidden = self._fields | {other for name, other in self._aliases if name in self._fields}
        self._covered = Sight(self._hidden, addresses=False)

    def sight(self, actor: Actor | None) -> Sight:
        """What lists and views show an actor; for None, masked."""
        clear = actor is not None and may(actor, Permission.SEE_SENSITIVE)
        return Sight() if clear else self._covered

    def inheriting(self, changes: Iterable[Change], event: Event) -> tuple[Change, ...]:
        """Changes made from an event, with the sensitive values that they repeat."""
        return inheriting(changes, event, self._hidden)

    async def look(self, event: Event, subject: str, *, actor: Actor, masked: bool = False) -> Sight:
        """What an actor sees of one event, or of what followed from it. Raises NotAllowed."""
        require(actor, Permission.VIEW)
        return await self.look_at(event.data, subject, actor=actor, masked=masked)

    async def look_at(self, data: Mapping[str, Json], subject: str, *, actor: Actor, masked: bool = False) -> Sight:
        """What an actor sees of a person's data. Raises NotAllowed.

        Unmasked views are audited, once an hour per actor and subject; if that fails, the data is masked.
        """
        require(actor, Permission.VIEW)
        if masked or not may(actor, Permission.SEE_SENSITIVE):
            return self._covered
        if not Veil(data, self._hidden).hides:
            return Sight()
        viewing, now = (actor.kind, actor.id, subject), self._now()
        if now - self._noted.get(viewing, now - NOTE_INTERVAL) < NOTE_INTERVAL:
            return Sight()
        try:
            await self._audit.note(actor, "sensitive.seen", subject)
        except StoreUnavailable:
            return self._covered
        self._noted[viewing] = now
        self._noted.move_to_end(viewing)
        if len(self._noted) > MOST_REMEMBERED:
            self._noted.popitem(last=False)
        return Sight()

    async def save(self, names: Iterable[str], *, actor: Actor) -> None:
        """Applies at once, also to stored data. Raises NotAllowed, InvalidHook."""
        require(actor, Permission.ADMINISTER)
        fields = sorted({folded(name.strip()) for name in names if name.strip()})
        if invalid := [name for name in fields if not _NAME.fullmatch(name)]:
            raise InvalidHook({"fields": f"“{invalid[0][:100]}” is no name of a field: letters, digits, _ and -."})
        if len(fields) > MOST_FIELDS:
            raise InvalidHook({"fields": f"At most {MOST_FIELDS} fields; these are {len(fields)}."})
        before = sorted(self._fields)
        if fields == before:
            return
        await self._store.save_setting(SETTING, fields)
        self._set(fields)
        await self._audit.note(actor, "sensitive.changed", "sensitive fields", before=before, after=fields)
