"""Event types that a team adds, and what needs them."""

from collections.abc import Sequence
from typing import Final

from engine.hooks.commands import Hooks
from engine.hooks.event_types import EventTypes, Uses
from engine.model import Hook
from engine.ports import KeyStore
from engine.sources.commands import Sources, named
from engine.wiring.ground import Ground

KEYS_AT_ONCE: Final = 200


def build_event_types(ground: Ground, hooks: Hooks, sources: Sources) -> EventTypes:
    uses = (_hooks_with(hooks), _sources_with(sources), _keys_with(ground.store))
    return EventTypes(ground.store, ground.catalogue, ground.audit, ground.now, uses)


def _hooks_with(hooks: Hooks) -> Uses:
    async def uses(name: str) -> Sequence[str]:
        return [f"hook {hook.id} “{hook.definition.title}”" for hook in hooks.all() if _needs(hook, name)]

    return uses


def _needs(hook: Hook, name: str) -> bool:
    """It is triggered by the type, or emits it."""
    emitted = (f"{one.url} {one.body}" for one in hook.definition.actions if "/emit" in one.url)
    return hook.definition.trigger == name or any(name in text for text in emitted)


def _sources_with(sources: Sources) -> Uses:
    async def uses(name: str) -> Sequence[str]:
        return [named(one) for one in sources.all() if name in one.settings.named_types]

    return uses


def _keys_with(store: KeyStore) -> Uses:
    async def uses(name: str) -> Sequence[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = await store.keys(KEYS_AT_ONCE, cursor)
            alive = (key for key in page.items if key.revoked_at is None and name in key.settings.types)
            found += [f"API key {key.id} “{key.settings.name}”" for key in alive]
            cursor = page.next
            if cursor is None:
                return found

    return uses
