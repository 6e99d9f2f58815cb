"""Conditions: an expression over an event's fields, compiled once, evaluated to yes, no or unknown, and explained."""

import ast
import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, cast

from engine.expressions.compiled import UNKNOWN, Ask, compiled, joined
from engine.expressions.evaluator import tracer
from engine.expressions.explanation import NOTHING_ASKED, Explainer, Explanation, Unknown
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.grammar import key_of
from engine.expressions.parser import (
    ConditionError,
    column_of,
    is_own,
    operands,
    parse,
    path_of,
    steps_of,
    without_texts,
    wrapped,
)
from engine.expressions.reaching import CONTEXT, DATA, OWN, is_plain, own_fields, spelled
from engine.expressions.values import with_aliases
from engine.expressions.work import bounded_work, within_budget
from engine.model import Event, Json

__all__ = [
    "FUNCTIONS",
    "Condition",
    "ConditionCheck",
    "ConditionError",
    "Explanation",
    "Function",
    "UnknownName",
    "check",
    "check_names",
    "compile_condition",
    "doubts",
    "names_for",
]

_MOST_NAMES: Final = 1_000
"""So many names of an event are searched for the one that was meant."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `paths` are the dotted fields that it reads, without `event.…` and `now`.

    `conjuncts` are the operands of a top-level `and`, else the whole, and `asks` the same compiled.
    """

    source: str
    paths: frozenset[str]
    functions: frozenset[str]
    tree: ast.expr = field(repr=False, compare=False)
    conjuncts: tuple[ast.expr, ...] = field(repr=False, compare=False)
    asks: tuple[Ask, ...] = field(repr=False, compare=False)
    ask: Ask = field(repr=False, compare=False)

    @property
    def empty(self) -> bool:
        return not self.source.strip()

    def evaluate(self, names: Mapping[str, Json]) -> bool | None:
        """Yes, no, or None for unknown. Never raises, and keeps no reference to the names."""
        value = within_budget(self.ask, names, UNKNOWN)
        return value if value is True or value is False else None

    def value(self, names: Mapping[str, Json]) -> Json:
        """What it gives, of any type; None where that is unknown. Never raises."""
        value = within_budget(self.ask, names, UNKNOWN)
        return None if value is UNKNOWN else value

    def explain(self, names: Mapping[str, Json]) -> Explanation:
        """The value of every part; its verdict equals that of `evaluate`."""
        if self.empty:
            return NOTHING_ASKED
        with bounded_work():
            return Explainer(self.text_of, tracer(names), self._meant_in(names)).explain(self.tree)

    def stepwise(self) -> frozenset[str]:
        """The paths with dots that are read name by name, as in `lead.score`, not as `data["lead.score"]`."""
        return frozenset(path for node, path in _reads(self.tree) if "." in path and not _in_one_step(node))

    def meant(self, path: str, known: Iterable[str]) -> str | None:
        """`data["call-duration"]` for `call`, if that is a known field and the text has `call-duration`."""
        bare = without_texts(self.source)
        near = (name for name in islice(known, _MOST_NAMES) if name.startswith(path))
        unusual = (name for name in near if not is_plain(name) and name in bare)
        return next((spelled((name,)) for name in unusual), None)

    def _meant_in(self, names: Mapping[str, Json]) -> Callable[[ast.expr], str | None]:
        def meant(node: ast.expr) -> str | None:
            path = path_of(node)
            return self.meant(path, names) if path and is_own(node) else None

        return meant

    def column(self, path: str) -> int | None:
        """The column where the path is first read."""
        columns = [column_of(self.source, node) for node, found in _reads(self.tree) if found == path]
        return min(columns, default=None)

    def keys(self) -> frozenset[str]:
        """Every name, attribute and key in it, whatever they are read of. After `data`, a field may also be one of an
        object that is itself called `data`."""
        nodes = list(ast.walk(self.tree))
        functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        steps = (_step_of(node) for node in nodes if id(node) not in functions)
        return frozenset(DATA if step == OWN else step for step in steps if isinstance(step, str))

    def ways(self) -> frozenset[tuple[str, ...]]:
        """The keys to everything that it reads, each up to the first index; `event` and `now` are names like others."""
        found = (steps_of(node) or () for node in _fields(self.tree))
        return frozenset(tuple(_names_of(steps)) for steps in found)

    def parts(self) -> "tuple[Condition, ...]":
        """The operands of a top-level `and`, each as a condition; else the whole condition."""
        nodes = self.conjuncts
        if self.empty or len(nodes) == 1:
            return () if self.empty else (self,)
        return tuple(compile_condition(self.text_of(node)) for node in nodes)

    def comparison(self, names: Mapping[str, Json]) -> tuple[Json, Json] | None:
        """The two operands' values if the condition is a single comparison; None for any other, or if unknown."""
        match self.tree:
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                value_of = tracer(names)
                with bounded_work():
                    a, b = value_of(left), value_of(right)
                return None if isinstance(a, Unknown) or isinstance(b, Unknown) else (a, b)
            case _:
                return None

    def compared_values(self) -> list[tuple[str, Json]]:
        """The fields that are tested for equality with, or membership in, constants, with each of these."""
        return [found for node in ast.walk(self.tree) if isinstance(node, ast.Compare) for found in _comparisons(node)]

    def text_of(self, node: ast.expr) -> str:
        text = wrapped(self.source)
        if self.source.isascii() and node.lineno == node.end_lineno == 1:  # almost all, and ten times as fast
            return text[node.col_offset : node.end_col_offset]
        return ast.get_source_segment(text, node) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionCheck:
    """`column` counts from 1; `warnings` do not prevent saving."""

    error: str | None = None
    column: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A path that starts with an unknown field, and the path that was probably meant."""

    path: str
    suggestion: str | None
    column: int | None


def compile_condition(source: str) -> Condition:
    """Raises ConditionError if the text cannot be parsed, uses something unavailable, or is too complex."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    tree = parse(source) if source.strip() else ast.Constant(True)
    paths = {path for _, path in _reads(tree)}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    conjuncts = tuple(_conjuncts(tree))
    asks = tuple(map(compiled, conjuncts))
    ask = asks[0] if len(asks) == 1 else joined(asks, settling=False)
    return Condition(source, frozenset(paths), frozenset(calls), tree, conjuncts, asks, ask)


def check(source: str, warn: Callable[[Condition], tuple[str, ...]]) -> ConditionCheck:
    """Checks a condition while it is typed; `warn` is called if it compiles."""
    try:
        return ConditionCheck(warnings=warn(compile_condition(source)))
    except ConditionError as error:
        return ConditionCheck(error=str(error), column=error.column)


def doubts(read: Iterable[Condition], known: Collection[str], owner: str) -> tuple[str, ...]:
    """A warning for each name that is not a known field; `whose` names the owner."""
    messages = (
        f"{owner} has no field `{name.path}` in the catalogue."
        + (f" Did you mean `{name.suggestion}`?" if name.suggestion else "")
        for condition in read
        for name in check_names(condition, known)
    )
    return tuple(dict.fromkeys(messages))


def check_names(condition: Condition, known: Collection[str]) -> list[UnknownName]:
    """The paths whose first part is not a known field, in source order."""
    flat = condition.paths - condition.stepwise()
    unknown = [path for path in condition.paths if path.split(".", 1)[0] not in known and path not in flat & {*known}]
    meant = {path: condition.meant(path, known) or _nearest(path, known) for path in unknown}
    found = [UnknownName(path, meant[path], condition.column(path)) for path in unknown]
    return sorted(found, key=lambda name: (name.column or 0, name.path))


def names_for(event: Event, now: datetime, aliases: Mapping[str, str]) -> dict[str, Json]:
    """What a condition can read: the event's data under all of its names, `event`, `now`, and `data[…]` for all
    data."""
    own = with_aliases(event.data, aliases)
    names = {**own, OWN: own_fields(own)}
    known = {"type": event.type, "id": event.id, "occurred_at": event.occurred_at, "role": event.role.value}
    names["event"] = {**event.attributes, **known}
    names["now"] = now
    return names


def _conjuncts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _conjuncts(part)
    else:
        yield node


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, Json]]:
    match node:
        case ast.Compare(left=field, ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant() as constant]):
            values = [constant]
        case ast.Compare(left=ast.Constant() as constant, ops=[ast.Eq() | ast.NotEq()], comparators=[field]):
            values = [constant]
        case ast.Compare(left=field, ops=[ast.In() | ast.NotIn()], comparators=[ast.List(elts=items)]):
            values = [item for item in items if isinstance(item, ast.Constant)]
        case _:
            return
    path = path_of(field)
    if path is not None and is_own(field):
        yield from ((path, cast("Json", value.value)) for value in values)


def _in_one_step(node: ast.expr) -> bool:
    """Whether the first key has dots of its own, as in `data["lead.score"]`."""
    first = next(step for step in steps_of(node) or () if step != OWN)
    return isinstance(first, str) and "." in first


def _names_of(steps: tuple[int | str | None, ...]) -> Iterator[str]:
    for step in steps[1:] if steps[0] == OWN else steps:
        if not isinstance(step, str):
            return
        yield step


def _nearest(path: str, known: Collection[str]) -> str | None:
    first, dot, rest = path.partition(".")
    near = difflib.get_close_matches(first, [*known, *CONTEXT], n=1)
    return f"{near[0]}{dot}{rest}" if near else None


def _reads(tree: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    for node in _fields(tree):
        path = path_of(node)
        if path is not None and is_own(node):
            yield node, path


def _step_of(node: ast.AST) -> int | str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript():
            return key_of(node)
        case _:
            return None


def _fields(tree: ast.expr) -> Iterator[ast.expr]:
    todo = [tree]
    while todo:
        node = todo.pop()
        if steps_of(node) is None:
            todo += operands(node)
        else:
            yield node
