"""Hooks with their versions, statistics and cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model import Actor, Hook, HookCase, HookDefinition, HookStats, HookVersion, SigningSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSet:
    """All hooks that are not deleted, as of `revision` (a number that increases with every save of any hook).

    `secrets` are by hook id, including deleted hooks, whose executions may still run.
    """

    revision: int
    hooks: tuple[Hook, ...]
    secrets: Mapping[int, SigningSecret]


class HookStore(Protocol):
    async def hook_set(self) -> HookSet: ...

    async def save_hook(
        self,
        definition: HookDefinition,
        *,
        hook_id: int | None,
        expected: int | None,
        actor: Actor,
        at: datetime,
        secret: str,
        next_at: datetime | None = None,
    ) -> tuple[Hook, int]:
        """A new hook (`hook_id` None) with its secret, or a new version of one, which keeps its secret.

        `expected` is the version that it must be at, None for any. `next_at` is the next run of its schedule; if the
        schedule is unchanged and the hook was enabled, the planned run stays.

        Returns the hook and the new revision. Raises NotFound, Conflict; InvalidHook if another hook has the key.
        """
        ...

    async def set_secret(self, hook_id: int, secret: SigningSecret) -> None: ...

    async def delete_hook(self, hook_id: int, *, expected: int | None, actor: Actor, at: datetime) -> int:
        """Removes it from the set, keeping versions and history; returns the new revision."""
        ...

    async def restore_hook(
        self, hook_id: int, *, actor: Actor, at: datetime, next_at: datetime | None = None
    ) -> tuple[Hook, int]:
        """Undoes a delete."""
        ...

    async def hook_versions(self, hook_id: int) -> list[HookVersion]:
        """Newest first; also for deleted hooks. Raises NotFound."""
        ...

    async def hits_among(self, hook_id: int, before: datetime, events: int) -> tuple[int, int]:
        """Of the latest `events` events of the hook's type before a time: how many it fired for, and how many there
        are."""
        ...

    async def skipped_since(self, hook_id: int, since: datetime) -> bool:
        """Whether it would have run since if its limits had allowed it."""
        ...

    async def hook_stats(self, now: datetime) -> dict[int, HookStats]:
        """By hook id; a hook that never fired may be missing."""
        ...


class CaseStore(Protocol):
    async def cases(self, hook_id: int) -> list[HookCase]:
        """Oldest first."""
        ...

    async def add_case(self, case: HookCase) -> HookCase:
        """Returns it with its id. Raises NotFound."""
        ...

    async def delete_case(self, hook_id: int, case_id: int) -> None:
        """Raises NotFound."""
        ...
