"""Which fields of its event a hook reads: in its condition, its filters, and what it sends."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine.expressions.condition import Condition, ConditionError
from engine.expressions.reaching import way_of
from engine.expressions.template import TemplateError, template
from engine.model import HookDefinition
from engine.rules.index import CompiledHook


def reads(compiled: CompiledHook, path: str, aliases: Mapping[str, str]) -> bool:
    """Whether it reads the path, something in it, or all that it is in; under any of its names."""
    names = {path, *(alias for alias, means in aliases.items() if means == path)}
    return any(_overlap(read, name) for read in paths_of(compiled) for name in names)


def paths_of(compiled: CompiledHook) -> frozenset[str]:
    definition = compiled.hook.definition
    own = compiled.condition.paths if isinstance(compiled.condition, Condition) else frozenset[str]()
    return frozenset({*own, *(way_of(row.field).path for row in definition.filters.rows), *_sent(definition)})


def _sent(definition: HookDefinition) -> Iterator[str]:
    for action in definition.actions:
        for text in (action.url, *action.headers.values(), action.body or ""):
            yield from _read_by(text)


@lru_cache(2_000)
def _read_by(text: str) -> frozenset[str]:
    try:
        return frozenset(path for one in template(text).expressions for path in one.paths)
    except (TemplateError, ConditionError):
        return frozenset()


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
