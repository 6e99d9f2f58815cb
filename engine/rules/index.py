"""The index of hooks: immutable, and replaced as a whole on every save, so that events are processed meanwhile."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.model import SCHEDULED, Event, Hook


@dataclass(frozen=True, slots=True)
class CompiledHook:
    """`condition` is a ConditionError if a stored text no longer compiles: such a hook never fires, and reports why."""

    hook: Hook
    condition: Condition | ConditionError


@dataclass(frozen=True, slots=True)
class HookIndex:
    """All hooks that are not deleted, as of `revision`; `enabled` has the enabled ones by event type."""

    revision: int = 0
    by_id: Mapping[int, CompiledHook] = field(default_factory=dict[int, CompiledHook])
    enabled: Mapping[str, tuple[CompiledHook, ...]] = field(default_factory=dict[str, tuple[CompiledHook, ...]])

    def candidates(self, event: Event) -> tuple[CompiledHook, ...]:
        """The enabled hooks that the event is matched against."""
        hooks = self.enabled.get(event.type, ())
        return tuple(one for one in hooks if concerns(one.hook.id, event)) if event.type == SCHEDULED else hooks

    def with_hook(self, hook: Hook, revision: int) -> "HookIndex":
        return _index(max(revision, self.revision), {**self.by_id, hook.id: compile_hook(hook)})

    def without(self, hook_id: int, revision: int) -> "HookIndex":
        rest = {known: hook for known, hook in self.by_id.items() if known != hook_id}
        return _index(max(revision, self.revision), rest)


def concerns(hook_id: int | None, event: Event) -> bool:
    """Scheduled events are for one hook only; one without a hook, such as a sample, is for any."""
    return event.type != SCHEDULED or event.data.get("hook_id", hook_id) == hook_id


def build_index(revision: int, hooks: Iterable[Hook]) -> HookIndex:
    return _index(revision, {hook.id: compile_hook(hook) for hook in hooks})


def compile_hook(hook: Hook) -> CompiledHook:
    try:
        return CompiledHook(hook, compile_condition(hook.definition.condition))
    except ConditionError as error:
        return CompiledHook(hook, error)


def _index(revision: int, by_id: Mapping[int, CompiledHook]) -> HookIndex:
    enabled: defaultdict[str, list[CompiledHook]] = defaultdict(list)
    for hook_id in sorted(by_id):
        compiled = by_id[hook_id]
        if compiled.hook.definition.enabled:
            enabled[compiled.hook.definition.trigger].append(compiled)
    return HookIndex(revision, by_id, {trigger: tuple(hooks) for trigger, hooks in enabled.items()})
