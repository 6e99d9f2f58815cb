"""The parts that have to hold for a hook to fire, each answered once for an event, however many share it. Pure."""

from collections.abc import Callable, Mapping
from typing import Final, cast
from weakref import WeakValueDictionary

from engine.expressions.condition import Condition
from engine.expressions.parser import MAX_NODES
from engine.expressions.reaching import find
from engine.expressions.work import BUDGET, within_budget
from engine.model import FilterRow, Json

MOST_STEPS: Final = BUDGET // MAX_NODES
"""A part that takes more is not answered by itself: all together may take no more than the whole."""

Names = Mapping[str, Json]


class Part:
    """Equal parts are one object, so that their answer is found by it."""

    __slots__ = ("__weakref__", "ask")

    def __init__(self, ask: Callable[[Names], Json]) -> None:
        self.ask = ask


class Answers:
    """About one event, by its names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._known: dict[Part, bool | None] = {}

    def holds(self, part: Part) -> bool | None:
        """None where the answer takes much work, and the whole that it is a part of has to be asked."""
        answer = self._known.get(part, _UNASKED)
        if answer is _UNASKED:
            value = within_budget(part.ask, self.names, _MUCH, MOST_STEPS)
            answer = self._known[part] = None if value is _MUCH else value is True
        return answer


def parts_of(condition: Condition) -> tuple[Part, ...]:
    if condition.empty:
        return ()
    pairs = zip(condition.conjuncts, condition.asks, strict=True)
    return tuple(_kept(condition.text_of(node), ask) for node, ask in pairs)


def row_part(row: FilterRow, answer: Callable[[FilterRow, Json], bool | None]) -> Part:
    key = f"filter {row.field}\n{row.operator}\n{row.case_sensitive}\n{row.value!r}"
    return _kept(key, lambda names: answer(row, find(names, row.field)))


def _kept(key: str, ask: Callable[[Names], Json]) -> Part:
    """For as long as a hook has it."""
    part = _KEPT.get(key)
    if part is None:
        part = _KEPT[key] = Part(ask)
    return part


_KEPT: Final = WeakValueDictionary[str, Part]()
_MUCH: Final = cast("Json", object())
_UNASKED: Final = cast("bool", object())
