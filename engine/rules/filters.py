"""Filters: rows of attribute, operator and value. On a missing attribute, only `not_exists` holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from engine.expressions.values import (
    LONGEST_LIST,
    MISSING,
    Relation,
    as_number,
    as_text,
    at_least,
    at_most,
    equal,
    greater,
    is_list,
    is_number,
    less,
    lookup,
    short,
)
from engine.model import FilterRow, Filters, Json, Match, Operator
from engine.model.labels import LABELS

MAX_ROWS: Final = 50
MAX_FIELD: Final = 200
MAX_CHOICES: Final = 100

_ORDER: Final[Mapping[Operator, Relation]] = {
    Operator.GT: greater,
    Operator.GTE: at_least,
    Operator.LT: less,
    Operator.LTE: at_most,
}
_AFFIX: Final[Mapping[Operator, Callable[[str, str], bool]]] = {
    Operator.CONTAINS: lambda text, part: part in text,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
}
_EXISTENCE: Final = frozenset({Operator.EXISTS, Operator.NOT_EXISTS})
_CHOICE: Final = frozenset({Operator.ONE_OF, Operator.NONE_OF})
_NEGATED: Final = frozenset({Operator.IS_NOT, Operator.NONE_OF})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What one row came to. `found` is the attribute's value, or MISSING."""

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


def matches(filters: Filters, data: Mapping[str, Json]) -> bool:
    """Whether all rows hold, or any of them, as the filters ask; without rows, yes."""
    rows = filters.rows
    if not rows:
        return True
    if filters.match is Match.ANY:
        return any(_holds(row, _found(row, data)) for row in rows)
    return all(_holds(row, _found(row, data)) for row in rows)


def explain(filters: Filters, data: Mapping[str, Json]) -> tuple[RowResult, ...]:
    """Every row, also those that the answer does not need."""
    return tuple(_explained(row, _found(row, data)) for row in filters.rows)


def _explained(row: FilterRow, found: Json) -> RowResult:
    holds = _holds(row, found)
    asked = LABELS[row.operator] if row.operator in _EXISTENCE else f"{LABELS[row.operator]} {short(row.value)}"
    seen = f"no field `{row.field}` in this event" if found is MISSING else f"`{row.field}` is {short(found)}"
    reason = f"{seen}, so `{asked}` {'holds' if holds else 'does not hold'}"
    return RowResult(row=row, holds=holds, found=found, reason=reason)


# The rules


def _found(row: FilterRow, data: Mapping[str, Json]) -> Json:
    field = row.field
    return lookup(data, field.split(".")) if "." in field else data.get(field, MISSING)


def _holds(row: FilterRow, found: Json) -> bool:
    operator = row.operator
    if found is MISSING or found is None:
        return operator is Operator.NOT_EXISTS
    if operator in _EXISTENCE:
        return operator is Operator.EXISTS
    if operator in _ORDER:
        return _in_order(row, found)
    if operator in _AFFIX:
        return _has_part(row, found)
    return _is_chosen(row, found) is not (operator in _NEGATED)


def _in_order(row: FilterRow, found: Json) -> bool:
    return _ORDER[row.operator](_folded(row, found), _folded(row, row.value)) is True


def _has_part(row: FilterRow, found: Json) -> bool:
    if is_list(found):
        return row.operator is Operator.CONTAINS and _has_member(row, found)
    text, part = _written(found), _written(row.value)
    if text is None or part is None:
        return False
    return _AFFIX[row.operator](_folded(row, text), _folded(row, part))


def _has_member(row: FilterRow, found: list[Json]) -> bool:
    return len(found) <= LONGEST_LIST and any(_same(row, item, row.value) for item in found)


def _is_chosen(row: FilterRow, found: Json) -> bool:
    if row.operator not in _CHOICE:
        return _same(row, found, row.value)
    return is_list(row.value) and any(_same(row, found, choice) for choice in row.value)


def _same(row: FilterRow, found: Json, value: Json) -> bool:
    if type(found) is bool and type(value) is str:
        return value.strip().lower() == as_text(found)
    if type(found) is str and type(value) is str and not row.case_sensitive:
        return found == value or found.casefold() == value.casefold()
    return equal(found, value) is True


def _folded(row: FilterRow, value: Json) -> Json:
    return value.casefold() if type(value) is str and not row.case_sensitive else value


def _written(value: Json) -> str | None:
    """Text, and a number as its text."""
    return as_text(value) if type(value) is str or is_number(value) else None


# What cannot be saved


def problems(filters: Filters) -> dict[str, str]:
    """What is wrong with the rows and how to mend it, by place: `rows`, `rows[0].field`, `rows[0].value`."""
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
    if any(not part or part != part.strip() or not part.isprintable() for part in field.split(".")):
        return "A field is a name, or names joined by dots: lead.score."
    return None


def _value_problem(row: FilterRow) -> str | None:
    if row.operator in _EXISTENCE:
        return None
    if row.operator in _CHOICE:
        return _choices_problem(row.value)
    if row.value is None or row.value == "":
        return "Enter a value to compare with."
    if row.operator in _ORDER:
        return None if _has_order(row.value) else "Enter a number or a time."
    return None if _is_scalar(row.value) else "Enter one text, number, true or false."


def _choices_problem(value: Json) -> str | None:
    if not is_list(value) or not value:
        return "Enter a list of at least one value."
    if len(value) > MAX_CHOICES:
        return f"At most {MAX_CHOICES} values; these are {len(value)}."
    return None if all(map(_is_scalar, value)) else "Each value is one text, number, true or false."


def _has_order(value: Json) -> bool:
    return as_number(value) is not None or (type(value) is str and bool(value.strip()))


def _is_scalar(value: Json) -> bool:
    return type(value) in (str, bool, int) or (type(value) is float and isfinite(value))
