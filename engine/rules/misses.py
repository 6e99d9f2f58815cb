"""Splits a hook into parts that must all match, and reports which of them failed for an event, and by how much. Pure.

A near miss is an event for which only a single part failed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final

from engine.access.permissions import TRIGGERED_BY, may_trigger
from engine.events.chains import has_run_in
from engine.expressions.condition import Condition, ConditionError
from engine.expressions.values import MISSING, as_number, bounded, short
from engine.expressions.work import BUDGET, bounded_work
from engine.model import VALUELESS, Event, FilterRow, Json, Match, Need, Operator, Role, Shortfall
from engine.model.labels import LABELS
from engine.rules import filters
from engine.rules.index import CompiledHook
from engine.rules.limits import expiry_in_words, is_expired

MOST_WORK: Final = 4 * BUDGET
"""For all that an event lacks, in one explanation."""

_MEASURABLE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.IS})

_MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """`part` did not match: `found` instead of `wanted`. `distance` is None if it cannot be measured."""

    part: str
    found: str
    wanted: str
    distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss(Miss):
    event_id: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A hook split into parts, once for many events. Without condition parts if its condition is invalid."""

    hook: CompiledHook
    conditions: tuple[Condition, ...]


def parts_of(hook: CompiledHook) -> Parts:
    condition = hook.condition
    return Parts(hook, () if isinstance(condition, ConditionError) else condition.parts())


def failed(parts: Parts, names: Mapping[str, Json]) -> Iterator[FilterRow | Condition]:
    """The parts that did not match; if any one filter row would do, all rows."""
    asked = parts.hook.hook.definition.filters
    if asked.match is Match.ALL or len(asked.rows) == 1:
        yield from (row.row for row in filters.explain(asked, names) if not row.holds)
    elif not filters.matches(asked, names):
        yield from asked.rows
    for condition in parts.conditions:
        if condition.evaluate(names) is not True:
            yield condition


def miss(part: FilterRow | Condition, names: Mapping[str, Json]) -> Miss:
    return _of_condition(part, names) if isinstance(part, Condition) else _of_row(part, names)


def near_miss(parts: Parts, event_id: str, role: Role, names: Mapping[str, Json]) -> NearMiss | None:
    """None if no part failed, more than one did, or the role did, which has no distance."""
    if isinstance(parts.hook.condition, ConditionError) or not may_trigger(parts.hook.hook.definition.role, role):
        return None
    first = list(islice(failed(parts, names), 2))
    return NearMiss(event_id=event_id, **asdict(miss(first[0], names))) if len(first) == 1 else None


def needs_of(hook: CompiledHook, event: Event, names: Mapping[str, Json]) -> tuple[Need, ...]:
    """Everything that would have to change for the hook to fire. Empty if it fires."""
    return (*_of_gates(hook, event, names), *_of_parts(hook, names))


def _of_gates(hook: CompiledHook, event: Event, names: Mapping[str, Json]) -> Iterator[Need]:
    definition = hook.hook.definition
    if not definition.enabled:
        yield Need(wanted="The hook would have to be enabled.")
    if not may_trigger(definition.role, event.role):
        listens = " or ".join(LABELS[one] for one in Role if one in TRIGGERED_BY[definition.role])
        yield Need(wanted=f"The event would have to come from {listens}; it came from {LABELS[event.role]}.")
    if has_run_in(event.chain, hook.hook.id, event.data):
        yield Need(wanted="The event would have to come from outside: this hook has run in its chain already.")
    if isinstance(hook.condition, ConditionError):
        yield Need(wanted="The condition would have to be mended: it cannot be read.")
    if is_expired(definition.limits, names["now"]):
        expiry = expiry_in_words(definition.limits, names["now"])
        yield Need(wanted=f"The hook would have to end later. {expiry}")


def _of_parts(hook: CompiledHook, names: Mapping[str, Json]) -> Iterator[Need]:
    with bounded_work(MOST_WORK):
        misses = [(part, _shortfall(miss(part, names))) for part in failed(parts_of(hook), names)]
    rows = tuple(one for part, one in misses if isinstance(part, FilterRow))
    if hook.hook.definition.filters.match is Match.ANY and len(rows) > 1:
        yield Need(wanted="One of the filters would have to match", either=rows)
    else:
        yield from (Need(wanted=f"The filter `{one.part}` would have to match", either=(one,)) for one in rows)
    conditions = [one for part, one in misses if isinstance(part, Condition)]
    yield from (Need(wanted=f"The condition `{one.part}` would have to hold", either=(one,)) for one in conditions)


def _shortfall(miss: Miss) -> Shortfall:
    """ "found 45", and 15 away."""
    if miss.found == _MISSING:
        return Shortfall(part=miss.part, found="it is missing")
    if not miss.wanted:
        return Shortfall(part=miss.part, found=miss.found)
    away = f"{miss.distance:,.10g}" if miss.distance else ""
    return Shortfall(part=miss.part, found=f"found {miss.found}", away=away)


def _of_condition(part: Condition, names: Mapping[str, Json]) -> Miss:
    told = part.explain(names)
    distance, found, wanted = None, told.unknown or told.substituted, ""
    if values := part.comparison(names):
        found, wanted = short(values[0]), short(values[1])
        distance = _distance(*values)
    return Miss(part=part.source.strip(), found=found, wanted=wanted, distance=distance)


def _of_row(row: FilterRow, names: Mapping[str, Json]) -> Miss:
    (result,) = filters.explain(filters.Filters(rows=(row,)), names)
    found = None if result.found is MISSING else result.found
    wanted = "" if row.operator in VALUELESS else short(row.value)
    return Miss(
        part=f"{row.field} {filters.LABELS[row.operator]} {wanted}".rstrip(),
        found=_MISSING if result.found is MISSING else short(found),
        wanted=wanted,
        distance=_distance(found, row.value) if row.operator in _MEASURABLE else None,
    )


def _distance(found: Json, wanted: Json) -> float | None:
    a, b = as_number(found), as_number(wanted)
    if a is None or b is None or bounded(a) is None or bounded(b) is None:
        return None
    return float(abs(a - b))
