"""Hooks and their cases."""

from datetime import datetime

from engine.model import Actor, Hook, HookCase, HookDefinition, HookStats, HookVersion, SigningSecret
from engine.ports import HookSet
from storage.queries import cases, hook_stats, hooks
from storage.queries.executions import runs
from storage.stores.base import SqlBase


class SqlHooks(SqlBase):
    async def hook_set(self) -> HookSet:
        return await self._read(hooks.hook_set)

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
        order = hooks.Save(
            definition=definition,
            hook_id=hook_id,
            expected=expected,
            actor=actor,
            at=at,
            secret=secret,
            next_at=next_at,
        )
        return await self._write(hooks.save, order)

    async def set_secret(self, hook_id: int, secret: SigningSecret) -> None:
        await self._write(hooks.set_secret, hook_id, secret)

    async def delete_hook(self, hook_id: int, *, expected: int | None, actor: Actor, at: datetime) -> int:
        return await self._write(hooks.delete, hook_id, expected, actor, at)

    async def restore_hook(
        self, hook_id: int, *, actor: Actor, at: datetime, next_at: datetime | None = None
    ) -> tuple[Hook, int]:
        return await self._write(hooks.restore, hook_id, actor, at, next_at)

    async def hook_versions(self, hook_id: int) -> list[HookVersion]:
        return await self._read(hooks.versions, hook_id)

    async def hits_among(self, hook_id: int, before: datetime, events: int) -> tuple[int, int]:
        return await self._read(hook_stats.hits_among, hook_id, before, events)

    async def skipped_since(self, hook_id: int, since: datetime) -> bool:
        return await self._read(runs.skipped_since, hook_id, since)

    async def hook_stats(self, now: datetime) -> dict[int, HookStats]:
        return await self._read(hook_stats.stats, now)


class SqlCases(SqlBase):
    async def cases(self, hook_id: int) -> list[HookCase]:
        return await self._read(cases.cases, hook_id)

    async def add_case(self, case: HookCase) -> HookCase:
        return await self._write(cases.add_case, case)

    async def delete_case(self, hook_id: int, case_id: int) -> None:
        await self._write(cases.delete_case, hook_id, case_id)
