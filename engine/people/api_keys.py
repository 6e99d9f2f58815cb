"""API keys: created, changed, rotated and revoked, and authenticated without a database read per call.

A key is 256 random bits, stored only as a hash. The cache is refreshed every few seconds, so that another process may
create, change and revoke keys too; changes through this one apply at once.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit, changed
from engine.access.permissions import Permission, acting_roles, refuse, require, scopes_of, usual_scopes_of
from engine.errors import InvalidKey, KeyRefused, RateExceeded
from engine.events.catalogue import Catalogue
from engine.hooks.definition import messages_by_field
from engine.model import Actor, ApiKey, Json, KeySettings, Page
from engine.model.labels import LABELS
from engine.model.text.names import name_problem
from engine.people.alerts import KEYS, Alerts
from engine.people.rates import Rates
from engine.people.refusals import Refusals
from engine.people.sessions import hash_of
from engine.ports import KeyStore

KNOWN_SECONDS: Final = 5.0
MOST_KNOWN: Final = 1_000
MOST_ADDRESSES: Final = 100
USUAL_RATE: Final = 300_000
MOST_RATE: Final = 10_000_000
OVERLAPS: Final = (timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""The longest time that a rotated key may stay valid beside its replacement."""

_SETTINGS = TypeAdapter(KeySettings)
_UNKNOWN = "This API key is not known."


@dataclass(frozen=True, slots=True)
class _Known:
    """`actors`: by the address from which it is used."""

    key: ApiKey
    actor: Actor
    read_at: float
    actors: dict[str, Actor] = field(default_factory=dict[str, Actor])

    def used_from(self, address: str) -> Actor:
        actor = self.actors.get(address)
        if actor is None:
            if len(self.actors) >= MOST_ADDRESSES:
                self.actors.clear()
            actor = self.actors[address] = replace(self.actor, address=address)
        return actor


class Keys:
    def __init__(
        self,
        store: KeyStore,
        catalogue: Catalogue,
        audit: Audit,
        alerts: Alerts,
        refusals: Refusals,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._catalogue, self._audit, self._refusals = store, catalogue, audit, refusals
        self._alerts, self._now, self._clock = alerts, now, clock
        self._rates = Rates(clock)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._used: dict[int, tuple[datetime, str]] = {}
        self._changes = 0

    async def create(self, raw: Mapping[str, Json], *, actor: Actor) -> tuple[ApiKey, str]:
        """Returns the key in plain text, only this once. `raw` is in the API's shape. Raises NotAllowed, InvalidKey."""
        require(actor, Permission.ADMINISTER)
        settings = self._read(raw)
        await self._require_within(actor, settings)
        key, plain = self._new(settings, actor, await self._owner_of(actor))
        made = await self._store.add_key(key, hash_of(plain))
        await self._audit.note(actor, "key.created", named(made), after=write_settings(settings))
        await self._tell_owner(made, "was created", actor)
        return made, plain

    async def change(self, key_id: int, raw: Mapping[str, Json], *, actor: Actor) -> ApiKey:
        """Settings missing from `raw` stay. Raises NotAllowed, NotFound, InvalidKey."""
        require(actor, Permission.ADMINISTER)
        _require_another(actor, key_id)
        key = await self._live(key_id)
        before = write_settings(key.settings)
        if raw.get("role", before["role"]) != before["role"]:
            raise InvalidKey({"role": "The role of a key stays; make another key."})
        settings = self._read({**before, **raw}, of=key)
        await self._require_within(actor, key.settings)
        await self._require_within(actor, settings)
        await self._store.change_key(key_id, settings)
        self._forget_known()
        key = replace(key, settings=settings)
        if before != (after := write_settings(settings)):
            await self._audit.note(actor, "key.changed", named(key), **changed(before, after))
            await self._tell_owner(key, "was changed", actor)
        return key

    async def roll(self, key_id: int, overlap: timedelta, *, actor: Actor) -> tuple[ApiKey, str]:
        """A new key with the same settings, in plain text only this once; the old one stays valid for the given time.

        If the old one expires, the new one is valid for the same period. Raises NotAllowed, NotFound, InvalidKey.
        """
        require(actor, Permission.ADMINISTER)
        _require_another(actor, key_id)
        if overlap not in OVERLAPS:
            raise InvalidKey({"overlap": "Choose none, an hour, 24 hours or 7 days."})
        old = await self._live(key_id)
        await self._require_within(actor, old.settings)
        now, ends = self._now(), old.settings.expires_at
        settings = replace(old.settings, expires_at=now + (ends - old.created_at) if ends else None)
        await self._require_within(actor, settings)
        key, plain = self._new(settings, actor, old.owner)
        made = await self._store.roll_key(old.id, key, hash_of(plain), until=now + overlap)
        self._forget_known()
        after = {"by": named(made), "works_until": (now + overlap).isoformat()}
        await self._audit.note(actor, "key.rolled", named(old), after=after)
        await self._tell_owner(old, "was rotated", actor)
        return made, plain

    async def revoke(self, key_id: int, *, actor: Actor) -> ApiKey:
        """Takes effect at once. Raises NotAllowed, NotFound."""
        require(actor, Permission.ADMINISTER)
        key = await self._store.key(key_id)
        if key.revoked_at is None:
            key = replace(key, revoked_at=self._now())
            await self._store.revoke_key(key_id, self._now())
            self._forget_known()
            await self._audit.note(actor, "key.revoked", named(key))
            await self._tell_owner(key, "was revoked", actor)
        return key

    async def page(self, *, actor: Actor, limit: int = 50, cursor: str | None = None) -> Page[ApiKey]:
        """Newest first. Raises NotAllowed, InvalidQuery."""
        require(actor, Permission.ADMINISTER)
        page = await self._store.keys(limit, cursor)
        return replace(page, items=tuple(self._with_use(key) for key in page.items))

    async def get(self, key_id: int, *, actor: Actor) -> ApiKey:
        """Raises NotAllowed, NotFound."""
        require(actor, Permission.ADMINISTER)
        return self._with_use(await self._store.key(key_id))

    async def actor_of(self, plain: str, address: str) -> Actor:
        """The actor of a key used from an IP address. Raises KeyRefused, RateExceeded."""
        known = await self._look_up(hash_of(plain))
        key = known.key
        now, actor = self._now(), known.used_from(address)
        if ended := why_ended(key, now):
            self._refusals.record(actor, ended, "key.refused", named(key), {"because": ended})
            raise KeyRefused(f"This API key {ended}.")
        rate = key.settings.rate or USUAL_RATE
        if wait := self._rates.take(key.id, rate):
            raise RateExceeded(wait, rate)
        self._used[key.id] = (now, address)
        return actor

    def count_events(self, actor: Actor, events: int) -> None:
        """Counts the events of a call that brought several; the call itself is already counted."""
        if actor.kind == "key":
            self._rates.charge(actor.id, events - 1)

    async def note_use(self) -> None:
        """Stores when and from where keys were last used; called periodically."""
        used, self._used = self._used, {}
        if used:
            await self._store.touch_keys(used)

    async def _look_up(self, key_hash: bytes) -> _Known:
        known = self._known.get(key_hash)
        if known is None or self._clock() - known.read_at > KNOWN_SECONDS:
            changes = self._changes
            key = await self._store.key_by_hash(key_hash)
            if key is None:
                raise KeyRefused(_UNKNOWN)
            known = _Known(key, _actor(key), self._clock())
            if changes != self._changes:  # the row may have been read before the change
                return await self._look_up(key_hash)
            self._known[key_hash] = known
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return known

    def _forget_known(self) -> None:
        self._changes += 1
        self._known.clear()

    def _with_use(self, key: ApiKey) -> ApiKey:
        """Including last uses that are not stored yet."""
        at, address = self._used.get(key.id, (key.last_used_at, key.last_used_from))
        return replace(key, last_used_at=at, last_used_from=address)

    async def _live(self, key_id: int) -> ApiKey:
        key = await self._store.key(key_id)
        if ended := why_ended(key, self._now()):
            raise InvalidKey({"key": f"This key {ended}; make another one."})
        return key

    async def _require_within(self, actor: Actor, settings: KeySettings) -> None:
        """Nobody may grant more than they have. Raises Refused."""
        _require_grantable(actor, settings)
        if actor.kind == "key":
            _require_as_limited(actor, (await self._store.key(actor.id)).settings, settings)

    async def _owner_of(self, actor: Actor) -> int | None:
        """In whose name the actor's keys are: a key's in that of its own owner."""
        if actor.kind == "key":
            return (await self._store.key(actor.id)).owner
        return actor.id if actor.kind == "user" else None

    async def _tell_owner(self, key: ApiKey, what: str, actor: Actor) -> None:
        role = LABELS[key.settings.role]
        await self._alerts.tell(key.owner, f"Your API key “{key.settings.name}” ({role}) {what}", by=actor, link=KEYS)

    def _new(self, settings: KeySettings, actor: Actor, owner: int | None) -> tuple[ApiKey, str]:
        prefix, at = f"th_{secrets.token_hex(4)}", self._now()
        key = ApiKey(id=0, prefix=prefix, settings=settings, created_at=at, created_by=actor.name, owner=owner)
        return key, f"{prefix}_{secrets.token_urlsafe(32)}"

    def _read(self, raw: Mapping[str, Any], of: ApiKey | None = None) -> KeySettings:
        """With all scopes of its role if none are given. Raises InvalidKey."""
        try:
            settings = _SETTINGS.validate_python(dict(raw))
        except ValidationError as error:
            raise InvalidKey(messages_by_field(error)) from None
        if settings.scopes is None:
            settings = replace(settings, scopes=usual_scopes_of(settings.role))
        problems = {
            "name": _name_problem(settings.name),
            "scopes": _scopes_problem(settings),
            "types": self._types_problem(settings),
            "rate": _rate_problem(settings.rate),
            "expires_at": self._expiry_problem(settings, of),
        }
        if found := {field: problem for field, problem in problems.items() if problem}:
            raise InvalidKey(found)
        return settings

    def _types_problem(self, settings: KeySettings) -> str | None:
        unknown = sorted(settings.types - self._catalogue.by_name.keys())
        if not unknown:
            return None
        near = self._catalogue.nearest(unknown[0])
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return f'No event type is called "{unknown[0][:100]}".{hint}'

    def _expiry_problem(self, settings: KeySettings, of: ApiKey | None) -> str | None:
        ends = settings.expires_at
        if ends is None or (of and ends == of.settings.expires_at):
            return None
        if ends.tzinfo is None:
            return 'Give the time with its zone, such as "2027-01-31T00:00:00Z".'
        return None if ends > self._now() else "This is in the past."


def _name_problem(name: str) -> str | None:
    if not 1 <= len(name) <= 100:
        return "Give the key a name of 1 to 100 characters."
    return name_problem(name, "name")


def why_ended(key: ApiKey, now: datetime) -> str | None:
    """None while it is valid."""
    ends = key.settings.expires_at
    if key.revoked_at is not None:
        return "was revoked"
    return "has expired" if ends is not None and now >= ends else None


def named(key: ApiKey) -> str:
    return f"key {key.id} “{key.settings.name}” {key.prefix}"


def write_settings(settings: KeySettings) -> dict[str, Json]:
    """In the API's shape."""
    return {
        "name": settings.name,
        "role": str(settings.role),
        "scopes": sorted(settings.scopes or ()),
        "types": sorted(settings.types),
        "rate": settings.rate,
        "expires_at": settings.expires_at.isoformat() if settings.expires_at else None,
    }


def _actor(key: ApiKey) -> Actor:
    settings = key.settings
    scopes = settings.scopes or frozenset()
    return Actor(kind="key", id=key.id, name=settings.name, role=settings.role, scopes=scopes, sends=settings.types)


def _require_another(actor: Actor, key_id: int) -> None:
    """A key may not lift its own limits. Raises Refused."""
    if actor.kind == "key" and actor.id == key_id:
        refuse(actor, "change itself", "A key does not change itself. Let an Admin do it, or another key.")


def _require_as_limited(actor: Actor, own: KeySettings, settings: KeySettings) -> None:
    """Raises Refused where a key's child would outlast it or be faster."""
    if (settings.rate or USUAL_RATE) > (own.rate or USUAL_RATE):
        refuse(actor, "key with a higher rate", f"This key may make at most {own.rate or USUAL_RATE:,} calls a minute.")
    if own.expires_at and not (settings.expires_at and settings.expires_at <= own.expires_at):
        words = f"This key ends at {own.expires_at.isoformat()}, so that each key of it ends by then."
        refuse(actor, "key that lasts longer", words)


def _require_grantable(actor: Actor, settings: KeySettings) -> None:
    """By role, scopes and types. Raises Refused."""
    scopes = settings.scopes or frozenset()
    if settings.role not in acting_roles(actor):
        refuse(
            actor, f"key of {settings.role}", f"The role {actor.role} cannot make a key of the role {settings.role}."
        )
    if lacking := scopes - actor.scopes:
        words = f"You lack the scope {min(lacking)}, so that no key of yours can have it."
        refuse(actor, f"key with {min(lacking)}", words)
    if actor.sends and not (settings.types and settings.types <= actor.sends):
        words = f"You may send {', '.join(sorted(actor.sends))} alone, so that each key of yours names such types."
        refuse(actor, "key for more types", words)


def _scopes_problem(settings: KeySettings) -> str | None:
    usable, role = scopes_of(settings.role), LABELS[settings.role]
    if not settings.scopes:
        return "Choose at least one: what is the key for?"
    if beyond := settings.scopes - usable:
        return f"The role {role} permits nothing of {min(beyond)}; it can use {', '.join(sorted(usable))}."
    return None


def _rate_problem(rate: int | None) -> str | None:
    return None if rate is None or 1 <= rate <= MOST_RATE else f"From 1 to {MOST_RATE:,} a minute."
