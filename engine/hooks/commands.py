"""Commands on hooks: check permission, validate, store, swap the index, notify subscribers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit
from engine.access.permissions import Permission, may, require
from engine.errors import InvalidHook, NotFound
from engine.events.catalogue import Catalogue
from engine.hooks.definition import messages_by_field, read_definition, slug, write_definition
from engine.model import Actor, Hook, HookDefinition, HookStats, HookVersion, Json, SigningSecret, Timetable
from engine.ports import HookStore
from engine.process.announcer import Announcer
from engine.rules import timetable
from engine.rules.index import CompiledHook, HookIndex, build_index
from engine.secrets.headers import sealed
from engine.secrets.signatures import new_secret, rotated
from engine.secrets.vault import Vault

_SCHEDULE = TypeAdapter(Timetable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A schedule in words and its next runs, in its own zone; or its problems, by field."""

    words: str = ""
    times: tuple[datetime, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict[str, str])


class Hooks:
    def __init__(
        self, store: HookStore, catalogue: Catalogue, vault: Vault, audit: Audit, now: Callable[[], datetime]
    ) -> None:
        self._store, self._catalogue, self._vault, self._audit, self._now = store, catalogue, vault, audit, now
        self._index = HookIndex()
        self._secrets: dict[int, SigningSecret] = {}
        self._changes = Announcer[[]]("the hooks")

    async def load(self) -> None:
        """Raises SecretLost."""
        hook_set = await self._store.hook_set()
        self._secrets = {hook_id: _turned(secret, self._vault.open) for hook_id, secret in hook_set.secrets.items()}
        self._index = build_index(hook_set.revision, hook_set.hooks)

    def index(self) -> HookIndex:
        return self._index

    def all(self) -> tuple[Hook, ...]:
        """By id, without deleted ones."""
        return tuple(self._index.by_id[hook_id].hook for hook_id in sorted(self._index.by_id))

    def get(self, hook_id: int) -> Hook:
        """Raises NotFound."""
        return self.compiled(hook_id).hook

    def compiled(self, hook_id: int) -> CompiledHook:
        """Raises NotFound."""
        if found := self._index.by_id.get(hook_id):
            return found
        raise NotFound("hook", hook_id)

    def secret_of(self, hook_id: int) -> SigningSecret | None:
        """None for an unsaved hook."""
        return self._secrets.get(hook_id)

    async def show_secret(self, hook_id: int, *, actor: Actor) -> str:
        """The signing secret, for Admins. Raises NotAllowed, NotFound."""
        require(actor, Permission.ADMINISTER)
        hook = self.get(hook_id)
        await self._audit.note(actor, "hook.secret_shown", named(hook))
        return self._secrets[hook.id].current

    async def with_secrets(self, hook_id: int, *, actor: Actor) -> dict[str, Json]:
        """In the API's shape, with the signing secret and the values of secret headers. Raises as `show_secret`."""
        secret = await self.show_secret(hook_id, actor=actor)
        return {**write_definition(self.get(hook_id).definition, self._vault.open), "secret": secret}

    async def rotate_secret(self, hook_id: int, *, actor: Actor) -> str:
        """A new signing secret; the previous one also signs for 24 hours. Raises NotAllowed, NotFound."""
        require(actor, Permission.ADMINISTER)
        secret = rotated(self._secrets[self.get(hook_id).id], self._now())
        await self._store.set_secret(hook_id, _turned(secret, self._vault.seal))
        self._secrets[hook_id] = secret
        await self._audit.note(actor, "hook.secret_rotated", named(self.get(hook_id)))
        return secret.current

    async def stats(self) -> dict[int, HookStats]:
        """By hook id; a hook that never fired may be missing."""
        return await self._store.hook_stats(self._now())

    async def versions(self, hook_id: int) -> list[HookVersion]:
        """Newest first. Raises NotFound."""
        return await self._store.hook_versions(hook_id)

    def check(self, raw: Mapping[str, Json]) -> dict[str, str]:
        """The problems by field; empty if an Admin could save it. `raw` may have an `id`, as for `read`."""
        try:
            read_definition(raw, self._catalogue, self._stored(raw.get("id")))
        except InvalidHook as error:
            return dict(error.problems)
        return {}

    def raw(self, definition: HookDefinition) -> dict[str, Json]:
        """In the API's shape, with secret values masked."""
        return write_definition(definition)

    def read(self, raw: Mapping[str, Json], *, actor: Actor | None = None) -> HookDefinition:
        """Parses a draft; if it has the `id` of a hook, masks refer to that hook's secrets. Raises InvalidHook.

        If it is going to be called, `actor` is the one who asked for it.
        """
        return self._read(raw, raw.get("id"), actor)

    async def save(
        self, raw: Mapping[str, Json], *, actor: Actor, hook_id: int | None = None, expected: int | None = None
    ) -> Hook:
        """Creates a hook, or a new version of one. Raises NotAllowed, InvalidHook, NotFound, Conflict."""
        require(actor, Permission.MANAGE_HOOKS)
        if hook_id is not None:
            self.get(hook_id)
        definition = self._read(raw, hook_id, actor)
        if not definition.key:
            definition = replace(definition, key=self._key(definition, hook_id))
        return await self._store_definition(definition, actor, hook_id, expected)

    async def set_enabled(self, hook_id: int, enabled: bool, *, actor: Actor) -> Hook:
        """Raises NotAllowed, NotFound, Conflict."""
        require(actor, Permission.MANAGE_HOOKS)
        hook = self.get(hook_id)
        if hook.definition.enabled == enabled:
            return hook
        return await self._store_definition(replace(hook.definition, enabled=enabled), actor, hook_id, hook.version)

    async def set_shadow(self, hook_id: int, shadow: bool, *, actor: Actor) -> Hook:
        """Into shadow mode, or out of it. Raises NotAllowed, NotFound, Conflict."""
        require(actor, Permission.MANAGE_HOOKS)
        hook = self.get(hook_id)
        if hook.definition.shadow == shadow:
            return hook
        return await self._store_definition(replace(hook.definition, shadow=shadow), actor, hook_id, hook.version)

    async def duplicate(self, hook_id: int, *, actor: Actor) -> Hook:
        """A disabled copy. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_HOOKS)
        original = self.get(hook_id).definition
        suffix = " (copy)"
        title = original.title[: 255 - len(suffix)] + suffix
        copy = replace(original, title=title, enabled=False, key=self._free_key(slug(title)))
        return await self._store_definition(copy, actor, None, None)

    async def delete(self, hook_id: int, *, actor: Actor, expected: int | None = None) -> Hook:
        """Returns what was deleted; versions and executions are kept. Raises NotAllowed, NotFound, Conflict."""
        require(actor, Permission.MANAGE_HOOKS)
        hook = self.get(hook_id)
        revision = await self._store.delete_hook(hook_id, expected=expected, actor=actor, at=self._now())
        self._swap(self._index.without(hook_id, revision))
        await self._audit.note(actor, "hook.deleted", named(hook))
        return hook

    async def restore(self, hook_id: int, *, actor: Actor) -> Hook:
        """Undoes a delete. Raises NotAllowed, NotFound, InvalidHook if another hook has taken its key."""
        require(actor, Permission.MANAGE_HOOKS)
        at = self._now()
        newest = (await self._store.hook_versions(hook_id))[0]
        hook, revision = await self._store.restore_hook(
            hook_id, actor=actor, at=at, next_at=_next_at(newest.definition, at)
        )
        self._swap(self._index.with_hook(hook, revision))
        await self._audit.note(actor, "hook.restored", named(hook))
        return hook

    def upcoming(self, raw: Json, count: int = 5) -> Upcoming:
        """The next runs of a schedule in the API's shape."""
        try:
            schedule = _SCHEDULE.validate_python(raw)
        except ValidationError as error:
            return Upcoming(problems={f"schedule.{place}": words for place, words in messages_by_field(error).items()})
        if problems := dict(timetable.problems(schedule)):
            return Upcoming(problems={f"schedule.{place}": words for place, words in problems.items()})
        times = timetable.next_times(schedule, self._now(), count)
        return Upcoming(words=timetable.in_words(schedule), times=times)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Called after every change; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    async def _store_definition(
        self, definition: HookDefinition, actor: Actor, hook_id: int | None, expected: int | None
    ) -> Hook:
        secret, at = new_secret(), self._now()
        known = self._index.by_id.get(hook_id or 0)
        hook, revision = await self._store.save_hook(
            definition,
            hook_id=hook_id,
            expected=expected,
            actor=actor,
            at=at,
            secret=self._vault.seal(secret),
            next_at=_next_at(definition, at),
        )
        self._secrets.setdefault(hook.id, SigningSecret(current=secret))
        self._swap(self._index.with_hook(hook, revision))
        before, after = _difference(known.hook.definition if known else None, definition)
        await self._audit.note(actor, "hook.saved", named(hook), before=before, after=after)
        return hook

    def _read(self, raw: Mapping[str, Json], hook_id: Json, actor: Actor | None) -> HookDefinition:
        """With its secret values sealed, whether newly entered or kept."""
        stored, may_move = self._stored(hook_id), actor is None or may(actor, Permission.ADMINISTER)
        definition = read_definition(raw, self._catalogue, stored, may_move=may_move)
        return sealed(definition, stored, self._vault.seal, may_move=may_move)

    def _stored(self, hook_id: Json) -> HookDefinition | None:
        known = self._index.by_id.get(hook_id) if isinstance(hook_id, int) else None
        return known.hook.definition if known else None

    def _key(self, definition: HookDefinition, hook_id: int | None) -> str:
        """A hook keeps its key; a new one gets an unused one derived from its title."""
        if hook_id is not None:
            return self.get(hook_id).definition.key
        return self._free_key(slug(definition.title))

    def _free_key(self, wanted: str) -> str:
        taken = {compiled.hook.definition.key for compiled in self._index.by_id.values()}
        number, key = 1, wanted
        while key in taken:
            number += 1
            key = f"{wanted}-{number}"
        return key

    def _swap(self, index: HookIndex) -> None:
        self._index = index
        self._changes.announce()


def _turned(secret: SigningSecret, turn: Callable[[str], str]) -> SigningSecret:
    previous = turn(secret.previous) if secret.previous else None
    return replace(secret, current=turn(secret.current), previous=previous)


def _next_at(definition: HookDefinition, moment: datetime) -> datetime | None:
    """The next run of a hook on a schedule; None for any other, and if it is disabled."""
    schedule = definition.schedule if definition.enabled else None
    return timetable.next_after(schedule, moment) if schedule else None


def named(hook: Hook) -> str:
    """The hook's name in the audit log."""
    return f"hook {hook.id} “{hook.definition.title}”"


def _difference(before: HookDefinition | None, after: HookDefinition) -> tuple[Json, Json]:
    """What a save changed, old and new; headers by name only."""
    new = _audited(after)
    if before is None:
        return None, new
    old = _audited(before)
    changed = [name for name in old | new if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in changed}, {name: new.get(name) for name in changed}


def _audited(definition: HookDefinition) -> dict[str, Json]:
    raw = write_definition(definition)
    return {**raw, "actions": [{**action, "headers": sorted(action["headers"])} for action in raw["actions"]]}
