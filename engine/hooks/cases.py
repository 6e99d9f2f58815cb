"""Test cases: events with the expected decision, checked on every edit to show what it would break."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.access.permissions import Permission, require
from engine.errors import InvalidHook
from engine.events.catalogue import Catalogue
from engine.hooks.commands import Hooks
from engine.model import Actor, Decision, Event, Hook, HookCase, HookDefinition, Json, Limits, Role, View, unchanged
from engine.model.text.names import name_problem
from engine.ports import CaseStore
from engine.rules.decisions import explain
from engine.rules.index import compile_hook

MOST_CASES = 100
MAX_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How a hook decides a case; `holds`: as expected."""

    case: HookCase
    decision: Decision

    @property
    def holds(self) -> bool:
        return self.decision.fired == self.case.fires


class Cases:
    def __init__(self, store: CaseStore, hooks: Hooks, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        self._store, self._hooks, self._catalogue, self._now = store, hooks, catalogue, now

    async def of(self, hook_id: int) -> list[HookCase]:
        """Oldest first. Raises NotFound."""
        return await self._store.cases(self._hooks.get(hook_id).id)

    async def keep(
        self, hook_id: int, *, name: str, role: Role, data: Mapping[str, Json], fires: bool, actor: Actor
    ) -> HookCase:
        """Raises NotAllowed, NotFound, InvalidHook."""
        require(actor, Permission.MANAGE_HOOKS)
        name = name.strip()
        if not 1 <= len(name) <= MAX_NAME:
            raise InvalidHook({"name": f"Give the case a name of 1 to {MAX_NAME} characters."})
        if problem := name_problem(name, "name"):
            raise InvalidHook({"name": problem})
        if len(await self.of(hook_id)) >= MOST_CASES:
            raise InvalidHook({"name": f"A hook has at most {MOST_CASES} cases."})
        case = HookCase(
            id=0,
            hook_id=hook_id,
            name=name,
            role=role,
            data=data,
            fires=fires,
            created_at=self._now(),
            created_by=actor.name,
        )
        return await self._store.add_case(case)

    async def forget(self, hook_id: int, case_id: int, *, actor: Actor) -> None:
        """Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_HOOKS)
        await self._store.delete_case(hook_id, case_id)

    async def run(
        self, hook_id: int, definition: HookDefinition | None = None, *, view: View = unchanged
    ) -> list[CaseResult]:
        """Runs a hook's cases, as they show in `view`, against an edit of it, or against itself, as if it were enabled
        and without limits.

        Raises NotFound.
        """
        hook = self._hooks.get(hook_id)
        definition = replace(definition or hook.definition, enabled=True, limits=Limits())
        edited = replace(hook, definition=definition)
        return self._results(edited, await self._store.cases(hook_id), view)

    def _results(self, hook: Hook, cases: Sequence[HookCase], view: View) -> list[CaseResult]:
        compiled, at = compile_hook(hook), self._now()
        trigger = hook.definition.trigger
        aliases = self._catalogue.aliases_of(trigger)

        def event(case: HookCase) -> Event:
            return Event(
                id=f"case_{case.id}", type=trigger, role=case.role, occurred_at=at, received_at=at, data=case.data
            )

        return [CaseResult(case=case, decision=explain(compiled, view(event(case)), at, aliases)) for case in cases]
