"""Commands on sources: made, changed, rotated and deleted; found by the address that a platform posts to.

All of them are in memory: each request looks one up, and there are few.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from engine.access.audit import Audit, changed
from engine.access.permissions import Permission, acting_roles, refuse, require
from engine.errors import Conflict, InvalidSource, NotFound, SecretLost
from engine.events.catalogue import Catalogue
from engine.events.sources.platform import Platform
from engine.model import Actor, Json, Role
from engine.model.sources import Outcome, Source, SourceBody, SourceCount, SourceMapping, SourceSettings
from engine.ports import SourceStore
from engine.process.announcer import Announcer
from engine.rules.mapping.compiled import CompiledMapping, compiled
from engine.secrets.vault import Vault
from engine.sources.definition import needs_secret, read_secret, read_source, write_source
from engine.sources.journal import Journal, hour_of

OVERLAPS: Final = (timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""The longest time that a rotated secret may stay valid beside its replacement."""
SHOWN_HOURS: Final = 48
DAY_HOURS: Final = 24
MOST_SOURCES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came from a source: counts of the last 48 hours, oldest first, and the last bodies, newest first."""

    counts: list[SourceCount]
    bodies: list[SourceBody]


class Sources:
    def __init__(
        self,
        store: SourceStore,
        platforms: Mapping[str, Platform],
        catalogue: Catalogue,
        vault: Vault,
        audit: Audit,
        journal: Journal,
        now: Callable[[], datetime],
        public_url: str,
    ) -> None:
        self.platforms = platforms
        self._store, self._catalogue, self._vault, self._audit = store, catalogue, vault, audit
        self._journal, self._now, self._public_url = journal, now, public_url
        self._changes = Announcer[[]]("the sources")
        self._by_id: dict[int, Source] = {}
        self._by_hash: dict[bytes, Source] = {}
        self._last: dict[int, datetime] = {}
        self._mappings: dict[int, tuple[SourceMapping, CompiledMapping]] = {}

    async def load(self) -> None:
        self._by_id = {source.id: source for source in await self._store.sources()}
        self._index()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Called after every change; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    def subscribe_received(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Called with the id of a source from which something came; returns the unsubscribe function."""
        return self._journal.subscribe(callback)

    def find(self, token: str) -> Source | None:
        """By its address, or by the one before while that is still valid."""
        hashed = _hash_of(token)
        source = self._by_hash.get(hashed)
        if source is None or hashed == source.token_hash:
            return source
        until = source.previous_token_until
        return source if until and self._now() < until else None

    def all(self) -> tuple[Source, ...]:
        return tuple(self._with_use(source) for source in self._by_id.values())

    async def list(self, *, actor: Actor) -> list[Source]:
        """By name. Raises NotAllowed."""
        require(actor, Permission.MANAGE_SOURCES)
        return sorted(self.all(), key=lambda source: (source.settings.name.casefold(), source.id))

    async def get(self, source_id: int, *, actor: Actor) -> Source:
        """Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_SOURCES)
        return self._with_use(self._known(source_id))

    async def received(self, source_id: int, *, actor: Actor) -> Received:
        """Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_SOURCES)
        self._known(source_id)
        await self._journal.store()
        since = hour_of(self._now()) - SHOWN_HOURS + 1
        counts = await self._store.source_counts(source_id, since)
        return Received(counts=counts, bodies=await self._store.source_bodies(source_id))

    async def totals(self, *, actor: Actor) -> dict[tuple[int, Outcome], int]:
        """How often each outcome of each source occurred within 24 hours. Raises NotAllowed."""
        require(actor, Permission.MANAGE_SOURCES)
        await self._journal.store()
        found = await self._store.source_totals(hour_of(self._now()) - DAY_HOURS + 1)
        return {(one.source_id, one.outcome): one.count for one in found}

    async def create(self, raw: Mapping[str, Json], *, actor: Actor) -> Source:
        """`raw` is in the API's shape, with `secret`. Raises NotAllowed, InvalidSource."""
        require(actor, Permission.MANAGE_SOURCES)
        settings = self._read({name: value for name, value in raw.items() if name != "secret"})
        secret = read_secret(raw.get("secret"), settings, self.platforms[settings.platform])
        _require_role(actor, settings.role)
        if len(self._by_id) >= MOST_SOURCES:
            raise InvalidSource({"name": f"There are {MOST_SOURCES} sources, and may be no more."})
        token = secrets.token_urlsafe(32)
        made = await self._store.add_source(
            Source(
                id=0,
                settings=settings,
                token=self._vault.seal(token),
                token_hash=_hash_of(token),
                secret=self._vault.seal(secret) if secret else None,
                created_at=self._now(),
                created_by=actor.name,
                mapping_version=1 if settings.mapping else 0,
            )
        )
        self._put(made)
        await self._audit.note(actor, "source.created", named(made), after=write_source(settings))
        return made

    async def change(self, source_id: int, raw: Mapping[str, Json], *, actor: Actor) -> Source:
        """Settings missing from `raw` stay; the platform and the secret do not change here.

        With `mapping_version`, it is refused where the mapping has changed since. Raises NotAllowed, NotFound,
        InvalidSource, Conflict.
        """
        require(actor, Permission.MANAGE_SOURCES)
        source = self._known(source_id)
        raw = dict(raw)
        if raw.pop("mapping_version", source.mapping_version) != source.mapping_version:
            raise Conflict("the mapping of source", source_id, source.mapping_version)
        before = write_source(source.settings)
        if raw.get("platform", before["platform"]) != before["platform"]:
            raise InvalidSource({"platform": "The platform of a source stays; make another source."})
        settings = self._read({**before, **raw})
        if settings.role is not source.settings.role:
            _require_role(actor, settings.role)
        if source.secret is None and needs_secret(settings, self.platforms[settings.platform]):
            raise InvalidSource({"verify": "Rotate the secret first: this source has none to check."})
        version = source.mapping_version + (settings.mapping != source.settings.mapping)
        source = replace(source, settings=settings, mapping_version=version)
        await self._save(source)
        if before != (after := write_source(settings)):
            await self._audit.note(actor, "source.changed", named(source), **changed(before, after))
        return self._with_use(source)

    async def roll(self, source_id: int, secret: object, overlap: timedelta, *, actor: Actor) -> Source:
        """A new secret; the old one stays valid for the given time. Raises NotAllowed, NotFound, InvalidSource."""
        require(actor, Permission.MANAGE_SOURCES)
        source = self._known(source_id)
        if overlap not in OVERLAPS:
            raise InvalidSource({"overlap": "Choose none, an hour, 24 hours or 7 days."})
        plain = read_secret(secret, source.settings, self.platforms[source.settings.platform])
        until = self._now() + overlap
        source = replace(
            source,
            secret=self._vault.seal(plain) if plain else None,
            previous_secret=source.secret,
            previous_until=until,
        )
        await self._save(source)
        await self._audit.note(actor, "source.rolled", named(source), after={"works_until": until.isoformat()})
        return self._with_use(source)

    async def roll_address(self, source_id: int, overlap: timedelta, *, actor: Actor) -> Source:
        """A new address; the one before stays valid for the given time. Raises NotAllowed, NotFound, InvalidSource."""
        require(actor, Permission.MANAGE_SOURCES)
        source = self._known(source_id)
        if overlap not in OVERLAPS:
            raise InvalidSource({"overlap": "Choose none, an hour, 24 hours or 7 days."})
        token, until = secrets.token_urlsafe(32), self._now() + overlap
        source = replace(
            source,
            token=self._vault.seal(token),
            token_hash=_hash_of(token),
            previous_token_hash=source.token_hash if overlap else None,
            previous_token_until=until if overlap else None,
        )
        await self._save(source)
        await self._audit.note(actor, "source.moved", named(source), after={"works_until": until.isoformat()})
        return self._with_use(source)

    async def delete(self, source_id: int, *, actor: Actor) -> None:
        """Its address takes nothing more, at once. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_SOURCES)
        source = self._known(source_id)
        await self._store.delete_source(source_id)
        del self._by_id[source_id]
        self._index()
        self._journal.forget(source_id)
        self._mappings.pop(source_id, None)
        self._changes.announce()
        await self._audit.note(actor, "source.deleted", named(source), before=write_source(source.settings))

    def address_of(self, source: Source) -> str | None:
        """What a platform posts to; None where the key that sealed it is lost."""
        try:
            token = self._vault.open(source.token)
        except SecretLost:
            return None
        return f"{self._public_url}/in/{token}" if compare_digest(_hash_of(token), source.token_hash) else None

    def secrets_of(self, source: Source) -> tuple[str, ...]:
        """Those that are valid now, the newest first."""
        until = source.previous_until
        previous = source.previous_secret if until and self._now() < until else None
        return tuple(self._vault.open(one) for one in (source.secret, previous) if one)

    def mapping_of(self, source: Source) -> CompiledMapping | None:
        """None where what its platform posts is mapped by us."""
        if source.settings.mapping is None:
            return None
        known = self._mappings.get(source.id)
        if known is None or known[0] is not source.settings.mapping:
            made, _ = compiled(source.settings.mapping, f"source-{source.id}")
            self._mappings[source.id] = known = (source.settings.mapping, made)
        return known[1]

    def note_use(self, source_id: int) -> None:
        self._last[source_id] = self._now()

    def _read(self, raw: Mapping[str, Json]) -> SourceSettings:
        return read_source(raw, self._catalogue, self.platforms)

    async def _save(self, source: Source) -> None:
        await self._store.change_source(source)
        self._put(source)

    def _put(self, source: Source) -> None:
        self._by_id[source.id] = source
        self._index()
        self._changes.announce()

    def _index(self) -> None:
        before = {one.previous_token_hash: one for one in self._by_id.values() if one.previous_token_hash}
        self._by_hash = before | {one.token_hash: one for one in self._by_id.values()}

    def _known(self, source_id: int) -> Source:
        if source := self._by_id.get(source_id):
            return source
        raise NotFound("source", source_id)

    def _with_use(self, source: Source) -> Source:
        return replace(source, last_received_at=self._last.get(source.id, source.last_received_at))


def named(source: Source) -> str:
    return f"source {source.id} “{source.settings.name}” {source.settings.platform}"


def _hash_of(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


def _require_role(actor: Actor, role: Role) -> None:
    """Anybody who makes sources may let them send as Agents; nobody may grant more than they have. Raises Refused."""
    if role is not Role.AGENT and role not in acting_roles(actor):
        words = f"The role {actor.role} cannot make a source of the role {role}."
        refuse(actor, f"source of {role}", words)
