"""The index of hooks: immutable, and replaced as a whole on every save, so that events are processed meanwhile.

An event asks the hooks of its type. Those that want a field to equal something are found by the event's value of it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.model import SCHEDULED, Event, Hook, Json
from engine.rules import filters
from engine.rules.equalities import Equality, Key, equalities_of, keys_of
from engine.rules.parts import Part, parts_of

FEWEST: Final = 16
"""Hooks that share a field; fewer are asked sooner than looked up."""

Names = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class CompiledHook:
    """`condition` is a ConditionError if a stored text no longer compiles: such a hook never fires, and reports why.

    `rows` are the parts of its filters, and `parts` those of its condition.
    """

    hook: Hook
    condition: Condition | ConditionError
    rows: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()
    equalities: tuple[Equality, ...] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    """Hooks by the keys of one field's values."""

    read: Callable[[Names], Json]
    by_key: Mapping[Key, Sequence[CompiledHook]]
    all: Sequence[CompiledHook]

    def led_to(self, names: Names) -> Sequence[CompiledHook]:
        keys = keys_of(self.read(names))
        if keys is None:
            return self.all
        return [one for key in keys for one in self.by_key.get(key, ())]


@dataclass(frozen=True, slots=True)
class HookIndex:
    """All hooks that are not deleted, as of `revision`; `enabled` has the enabled ones by event type.

    Of types with many, `fields` and `others` share them out: each is in one of them.
    """

    revision: int = 0
    by_id: Mapping[int, CompiledHook] = field(default_factory=dict[int, CompiledHook])
    enabled: Mapping[str, tuple[CompiledHook, ...]] = field(default_factory=dict[str, tuple[CompiledHook, ...]])
    fields: Mapping[str, tuple[_Field, ...]] = field(default_factory=dict[str, tuple[_Field, ...]])
    others: Mapping[str, tuple[CompiledHook, ...]] = field(default_factory=dict[str, tuple[CompiledHook, ...]])

    def candidates(self, event: Event, names: Names | None = None) -> Sequence[CompiledHook]:
        """The enabled hooks that the event is matched against, by id; with its names, without those that they rule
        out."""
        hooks = self.enabled.get(event.type, ())
        if event.type == SCHEDULED:
            return tuple(one for one in hooks if concerns(one.hook.id, event))
        fields = self.fields.get(event.type, ())
        if not fields or names is None:
            return hooks
        found = {one.hook.id: one for group in fields for one in group.led_to(names)}
        found |= {one.hook.id: one for one in self.others[event.type]}
        return [found[id] for id in sorted(found)]

    def with_hook(self, hook: Hook, revision: int) -> "HookIndex":
        return self._changed(hook.id, {**self.by_id, hook.id: compile_hook(hook)}, revision)

    def without(self, hook_id: int, revision: int) -> "HookIndex":
        rest = {known: hook for known, hook in self.by_id.items() if known != hook_id}
        return self._changed(hook_id, rest, revision)

    def _changed(self, hook_id: int, by_id: Mapping[int, CompiledHook], revision: int) -> "HookIndex":
        """Only types of the hook, before and now, are put together again."""
        changed = {one.hook.definition.trigger for one in (self.by_id.get(hook_id), by_id.get(hook_id)) if one}
        fresh = _index(0, by_id, {type: hooks for type, hooks in _enabled(by_id).items() if type in changed})
        kept = self.enabled.keys() - changed
        return HookIndex(
            max(revision, self.revision),
            by_id,
            {**{type: self.enabled[type] for type in kept}, **fresh.enabled},
            {**{type: self.fields[type] for type in kept & self.fields.keys()}, **fresh.fields},
            {**{type: self.others[type] for type in kept & self.others.keys()}, **fresh.others},
        )


def concerns(hook_id: int | None, event: Event) -> bool:
    """Scheduled events are for one hook only; one without a hook, such as a sample, is for any."""
    return event.type != SCHEDULED or event.data.get("hook_id", hook_id) == hook_id


def build_index(revision: int, hooks: Iterable[Hook]) -> HookIndex:
    by_id = {hook.id: compile_hook(hook) for hook in hooks}
    return _index(revision, by_id, _enabled(by_id))


def compile_hook(hook: Hook) -> CompiledHook:
    definition = hook.definition
    rows = filters.parts_of(definition.filters)
    try:
        condition = compile_condition(definition.condition)
    except ConditionError as error:
        return CompiledHook(hook, error, rows)
    equalities = tuple(equalities_of(definition.filters, condition))
    return CompiledHook(hook, condition, rows, parts_of(condition), equalities)


def _enabled(by_id: Mapping[int, CompiledHook]) -> dict[str, tuple[CompiledHook, ...]]:
    enabled: defaultdict[str, list[CompiledHook]] = defaultdict(list)
    for hook_id in sorted(by_id):
        compiled = by_id[hook_id]
        if compiled.hook.definition.enabled:
            enabled[compiled.hook.definition.trigger].append(compiled)
    return {trigger: tuple(hooks) for trigger, hooks in enabled.items()}


def _index(
    revision: int, by_id: Mapping[int, CompiledHook], enabled: Mapping[str, tuple[CompiledHook, ...]]
) -> HookIndex:
    fields: dict[str, tuple[_Field, ...]] = {}
    others: dict[str, tuple[CompiledHook, ...]] = {}
    for type, hooks in enabled.items():
        shared, rest = _shared_out(hooks)
        if shared:
            fields[type], others[type] = shared, rest
    return HookIndex(revision, by_id, enabled, fields, others)


def _shared_out(hooks: Sequence[CompiledHook]) -> tuple[tuple[_Field, ...], tuple[CompiledHook, ...]]:
    """Each hook goes to the field of its own whose values tell most hooks apart."""
    values = Counter(name for name, _ in {(one.of, one.keys) for hook in hooks for one in hook.equalities})
    chosen = [max(hook.equalities, key=lambda one: values[one.of], default=None) for hook in hooks]
    sizes = Counter(one.of for one in chosen if one)
    groups: defaultdict[str, list[tuple[CompiledHook, Equality]]] = defaultdict(list)
    rest: list[CompiledHook] = []
    for hook, equality in zip(hooks, chosen, strict=True):
        if equality and sizes[equality.of] >= FEWEST:
            groups[equality.of].append((hook, equality))
        else:
            rest.append(hook)
    return tuple(_field(pairs) for pairs in groups.values()), tuple(rest)


def _field(pairs: Sequence[tuple[CompiledHook, Equality]]) -> _Field:
    by_key: defaultdict[Key, list[CompiledHook]] = defaultdict(list)
    for hook, equality in pairs:
        for key in equality.keys:
            by_key[key].append(hook)
    return _Field(pairs[0][1].reader(), dict(by_key), [hook for hook, _ in pairs])
