"""Near misses: events that a hook let pass by for a single part, and how far they were from it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import filters
from engine.access import may_trigger
from engine.conditions import Condition, ConditionError
from engine.matching import CompiledHook
from engine.model import FilterRow, Json, Match, Operator, Role
from engine.values import MISSING, as_number, short

_MEASURABLE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.IS})


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """`part` did not hold for the event: `found` against `wanted`. `distance` is None where it cannot be measured."""

    event_id: str
    part: str
    found: str
    wanted: str
    distance: float | None


@dataclass(frozen=True, slots=True)
class Parts:
    """A hook taken apart, once, for many events."""

    hook: CompiledHook
    conditions: tuple[Condition, ...]


def parts_of(hook: CompiledHook) -> Parts:
    condition = hook.condition
    return Parts(hook, () if isinstance(condition, ConditionError) else condition.parts())


def near_miss(parts: Parts, event_id: str, role: Role, names: Mapping[str, Json]) -> NearMiss | None:
    """None where more than one part failed, or none, or the role: that is no matter of more or less."""
    if isinstance(parts.hook.condition, ConditionError) or not may_trigger(parts.hook.hook.definition.role, role):
        return None
    failed: list[FilterRow | Condition] = []
    for part in _failed(parts, names):
        failed.append(part)
        if len(failed) > 1:
            return None
    if not failed:
        return None
    part = failed[0]
    if isinstance(part, Condition):
        return _of_condition(part, event_id, names)
    return _of_row(part, event_id, names)


def _failed(parts: Parts, names: Mapping[str, Json]) -> Iterator[FilterRow | Condition]:
    asked = parts.hook.hook.definition.filters
    if asked.match is Match.ALL or len(asked.rows) == 1:
        yield from (row.row for row in filters.explain(asked, names) if not row.holds)
    elif not filters.matches(asked, names):
        yield from asked.rows  # any of them would do: more than one part
    for condition in parts.conditions:
        if condition.evaluate(names) is not True:
            yield condition


def _of_condition(part: Condition, event_id: str, names: Mapping[str, Json]) -> NearMiss:
    told = part.explain(names)
    distance, found, wanted = None, told.unknown or told.substituted, ""
    if values := part.comparison(names):
        found, wanted = short(values[0]), short(values[1])
        distance = _distance(*values)
    return NearMiss(event_id=event_id, part=part.source.strip(), found=found, wanted=wanted, distance=distance)


def _of_row(row: FilterRow, event_id: str, names: Mapping[str, Json]) -> NearMiss:
    (result,) = filters.explain(filters.Filters(rows=(row,)), names)
    found = None if result.found is MISSING else result.found
    return NearMiss(
        event_id=event_id,
        part=f"{row.field} {filters.LABELS[row.operator]} {short(row.value)}",
        found="missing" if result.found is MISSING else short(found),
        wanted=short(row.value),
        distance=_distance(found, row.value) if row.operator in _MEASURABLE else None,
    )


def _distance(found: Json, wanted: Json) -> float | None:
    a, b = as_number(found), as_number(wanted)
    return None if a is None or b is None else abs(float(a) - float(b))
