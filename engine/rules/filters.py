"""Filters: rows of attribute, operator and value, compared like conditions. An unknown row does not match.

On a missing attribute, only `not_exists` matches; on null, `is_empty` too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import Final

from engine.expressions.comparing import (
    Fold,
    Relation,
    at_least,
    at_most,
    begins,
    caseless,
    composed,
    ends,
    equal,
    greater,
    has,
    has_order,
    less,
    member,
    negated,
)
from engine.expressions.incomparable import LEFT, RIGHT, Blame, why_incomparable, why_not_within
from engine.expressions.reaching import find, way_of
from engine.expressions.values import MISSING, as_text, describe, is_list, is_number, is_object, short
from engine.expressions.work import TOO_MUCH, TooMuchWork, bounded_work
from engine.model import VALUELESS, FilterRow, Filters, Json, Match, Operator
from engine.model.labels import LABELS
from engine.rules.parts import Part, row_part

MAX_ROWS: Final = 50
MAX_FIELD: Final = 200
MAX_CHOICES: Final = 100

_ORDER: Final[Mapping[Operator, Relation]] = {
    Operator.GT: greater,
    Operator.GTE: at_least,
    Operator.LT: less,
    Operator.LTE: at_most,
}
_AFFIX: Final[Mapping[Operator, Callable[[str, str, Fold], bool]]] = {
    Operator.CONTAINS: has,
    Operator.NOT_CONTAINS: has,
    Operator.STARTS_WITH: begins,
    Operator.ENDS_WITH: ends,
}
_EQUALITY: Final = frozenset({Operator.IS, Operator.IS_NOT})
_CHOICE: Final = frozenset({Operator.ONE_OF, Operator.NONE_OF})
_CONTAINMENT: Final = frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS})
_NEGATED: Final = frozenset({Operator.IS_NOT, Operator.NONE_OF, Operator.NOT_CONTAINS})


class _TooMuch(Enum):
    """Unknown, since the budget of work is used up."""

    TOO_MUCH = "too much work"


_TOO_MUCH: Final = _TooMuch.TOO_MUCH


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """The result of one row. `found` is the attribute's value, or MISSING."""

    row: FilterRow
    holds: bool
    found: Json
    reason: str

    def to_json(self) -> dict[str, Json]:
        """{field, operator, value, case_sensitive, found (as text; null if missing), holds, reason}"""
        return {
            "field": self.row.field,
            "operator": self.row.operator.value,
            "value": self.row.value,
            "case_sensitive": self.row.case_sensitive,
            "found": None if self.found is MISSING else short(self.found),
            "holds": self.holds,
            "reason": self.reason,
        }


def parts_of(filters: Filters) -> tuple[Part, ...]:
    """One for each row."""
    return tuple(row_part(row, _outcome) for row in filters.rows)


def matches(filters: Filters, data: Mapping[str, Json]) -> bool:
    """Whether all or any rows match, as the filters require; true without rows."""
    rows = filters.rows
    if not rows:
        return True
    quantifier = any if filters.match is Match.ANY else all
    with bounded_work():
        return quantifier(_answer(row, find(data, row.field)) is True for row in rows)


def explain(filters: Filters, data: Mapping[str, Json]) -> tuple[RowResult, ...]:
    """Every row, including those that the result does not need."""
    found = [find(data, row.field) for row in filters.rows]
    with bounded_work():
        answers = list(map(_answer, filters.rows, found))
    with bounded_work():
        return tuple(map(_explained, filters.rows, found, answers))


def _explained(row: FilterRow, found: Json, answer: bool | _TooMuch | None) -> RowResult:
    holds = answer is True
    test = LABELS[row.operator] if row.operator in VALUELESS else f"{LABELS[row.operator]} {short(row.value)}"
    seen = f"no field `{row.field}` in this event" if found is MISSING else f"`{row.field}` is {short(found)}"
    if answer is None:
        seen = _why_unknown(row, found)
    if answer is _TOO_MUCH:
        seen = f"{seen}, but {TOO_MUCH}"
    reason = f"{seen}, so `{test}` {'holds' if holds else 'does not hold'}"
    return RowResult(row=row, holds=holds, found=found, reason=reason)


# Evaluation


def _answer(row: FilterRow, found: Json) -> bool | _TooMuch | None:
    """None for unknown, which matches neither an operator nor its opposite."""
    try:
        return _outcome(row, found)
    except TooMuchWork:
        return _TOO_MUCH


def _outcome(row: FilterRow, found: Json) -> bool | None:
    operator = row.operator
    if operator in VALUELESS:
        return _is_there(operator, found)
    if found is MISSING or found is None:
        return False
    if operator in _ORDER:
        return _ORDER[operator](found, row.value)
    answer = _compared(row, found, _fold(row))
    return negated(answer) if operator in _NEGATED else answer


def _is_there(operator: Operator, found: Json) -> bool:
    if operator is Operator.NOT_EXISTS:
        return found is MISSING or found is None
    if operator is Operator.IS_EMPTY:
        return found is not MISSING and _is_empty(found)
    return found is not MISSING and found is not None and (operator is Operator.EXISTS or not _is_empty(found))


def _is_empty(found: Json) -> bool:
    if type(found) is str:
        return not found.strip()
    return found is None or ((is_list(found) or is_object(found)) and not found)


def _compared(row: FilterRow, found: Json, fold: Fold) -> bool | None:
    """For the operator, or the one that it negates."""
    if row.operator in _EQUALITY:
        return equal(found, row.value, fold)
    if row.operator in _CHOICE:
        return member(found, row.value, fold) if is_list(row.value) else None
    if is_list(found):
        return member(row.value, found, fold) if row.operator in _CONTAINMENT else None
    text, part = _as_string(found), _as_string(row.value)
    return None if text is None or part is None else _AFFIX[row.operator](text, part, fold)


def _fold(row: FilterRow) -> Fold:
    return composed if row.case_sensitive else caseless


def _as_string(value: Json) -> str | None:
    """A string, or a number as a string."""
    return as_text(value) if type(value) is str or is_number(value) else None


# Why a row is unknown


def _why_unknown(row: FilterRow, found: Json) -> str:
    side, lack = _blame(row, found)
    if side == LEFT:
        return f"`{row.field}` is {describe(found)}, which {lack}"
    return f"`{row.field}` is {describe(found)}, and {describe(row.value)} {lack}"


def _blame(row: FilterRow, found: Json) -> Blame:
    if row.operator in _ORDER:
        return why_incomparable(found, row.value, in_order=True)
    if row.operator in _EQUALITY:
        return why_incomparable(found, row.value)
    fold = _fold(row)
    if row.operator in _CHOICE:
        return why_not_within(found, row.value, fold)
    if is_list(found) and row.operator in _CONTAINMENT:
        side, lack = why_not_within(row.value, found, fold)
        return RIGHT - side, lack
    return LEFT, f"has no text to look for {describe(row.value)} in"


# Validation


def problems(filters: Filters) -> dict[str, str]:
    """What is wrong with the rows and how to fix it, by place: `rows`, `rows[0].field`, `rows[0].value`."""
    if len(filters.rows) > MAX_ROWS:
        return {"rows": f"At most {MAX_ROWS} rows; these are {len(filters.rows)}."}
    return {
        f"rows[{index}].{place}": problem for index, row in enumerate(filters.rows) for place, problem in _problems(row)
    }


def _problems(row: FilterRow) -> Iterator[tuple[str, str]]:
    if problem := _field_problem(row.field):
        yield "field", problem
    if problem := _value_problem(row):
        yield "value", problem


def _field_problem(field: str) -> str | None:
    if not field.strip():
        return "Choose a field."
    if len(field) > MAX_FIELD:
        return f"At most {MAX_FIELD} characters; this has {len(field)}."
    way = way_of(field)
    names = [key for key in way.keys if isinstance(key, str)]
    if not way.own and any(not name or name != name.strip() or not name.isprintable() for name in names):
        return "A field is a name, or names joined by dots: lead.score."
    return None


def _value_problem(row: FilterRow) -> str | None:
    if row.operator in VALUELESS:
        return None
    if row.operator in _CHOICE:
        return _choices_problem(row.value)
    if row.value is None or row.value == "":
        return "Enter a value to compare with."
    if row.operator in _ORDER:
        return None if has_order(row.value) else "Enter a number, a date or a time."
    return None if _is_scalar(row.value) else "Enter one text, number, true or false."


def _choices_problem(value: Json) -> str | None:
    if not is_list(value) or not value:
        return "Enter a list of at least one value."
    if len(value) > MAX_CHOICES:
        return f"At most {MAX_CHOICES} values; these are {len(value)}."
    return None if all(map(_is_scalar, value)) else "Each value is one text, number, true or false."


def _is_scalar(value: Json) -> bool:
    return type(value) in (str, bool, int) or (type(value) is float and isfinite(value))
