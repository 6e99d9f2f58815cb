"""What a field has to equal for a hook to fire, as keys: an event asks only the hooks that its values lead to.

A key may lead to a hook that does not fire, never past one that does. Pure.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from typing import Final

from engine.expressions.comparing import Fold, caseless, composed, reads_as_other_than_number
from engine.expressions.compiled import compiled
from engine.expressions.condition import Condition
from engine.expressions.parser import path_of
from engine.expressions.reaching import find
from engine.expressions.values import as_number, is_list, is_number
from engine.model import FilterRow, Filters, Json, Match, Operator
from engine.model.text.numbers import in_digits

LONGEST_CONSTANT: Final = 200
LONGEST_FOUND: Final = 2_000

Key = tuple[str, str | int | float]
Names = Mapping[str, Json]

_NUMBER: Final = "number"
_FOLDS: Final[Mapping[str, Fold]] = {"as written": composed, "in any case": caseless}


@dataclass(frozen=True, slots=True)
class Equality:
    """`of` identifies what `reader()` reads; it has to lead to one of the keys."""

    of: str
    reader: Callable[[], Callable[[Names], Json]] = field(compare=False)
    keys: frozenset[Key]


def keys_of(found: Json) -> tuple[Key, ...] | None:
    """That a value of an event has; None where it is too long to tell."""
    if type(found) is str:
        if len(found) > LONGEST_FOUND:
            return None
        number = as_number(found)
        texts = [(name, fold(found)) for name, fold in _FOLDS.items()]
        return (*texts, *([] if number is None else [(_NUMBER, in_digits(number))]))
    if is_number(found) and isfinite(found):
        return ((_NUMBER, in_digits(found)),)
    return ()


def equalities_of(filters: Filters, condition: Condition | None) -> Iterator[Equality]:
    """All of them have to hold."""
    if filters.match is Match.ALL or len(filters.rows) == 1:
        yield from filter(None, map(_of_row, filters.rows))
    if condition is not None and not condition.empty:
        yield from filter(None, (_of_part(condition, node) for node in condition.conjuncts))


def _of_row(row: FilterRow) -> Equality | None:
    values = [row.value] if row.operator is Operator.IS else row.value if row.operator is Operator.ONE_OF else None
    keys = _keys(values, "as written" if row.case_sensitive else "in any case") if is_list(values) else None
    return Equality(f"filter {row.field}", partial(_reader, row.field), keys) if keys else None


def _reader(field: str) -> Callable[[Names], Json]:
    return lambda names: find(names, field)


def _of_part(condition: Condition, node: ast.expr) -> Equality | None:
    match node:
        case ast.Compare(left=field, ops=[ast.Eq()], comparators=[ast.Constant(value=value)]):
            values = [value]
        case ast.Compare(left=ast.Constant(value=value), ops=[ast.Eq()], comparators=[field]):
            values = [value]
        case ast.Compare(left=field, ops=[ast.In()], comparators=[ast.List(elts=items)]):
            values = [item.value if isinstance(item, ast.Constant) else None for item in items]
        case _:
            return None
    keys = _keys(values, "as written") if path_of(field) is not None else None
    return Equality(f"name {condition.text_of(field)}", partial(compiled, field), keys) if keys else None


def _keys(values: Sequence[Json], fold: str) -> frozenset[Key] | None:
    """None where one of them may equal what has none of its keys, such as a time in another spelling."""
    keys: set[Key] = set()
    for value in values:
        if type(value) is str and len(value) <= LONGEST_CONSTANT and not reads_as_other_than_number(value):
            keys.add((fold, _FOLDS[fold](value)))
        elif not (is_number(value) and isfinite(value)):
            return None
        number = as_number(value)
        if number is not None:
            keys.add((_NUMBER, in_digits(number)))
    return frozenset(keys)
