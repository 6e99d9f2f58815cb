"""Filters: rows that compare an event's fields."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import with_config

from engine.model.json import Json


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EXISTS = "exists"
    NOT_EXISTS = "not_exists"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"


VALUELESS = frozenset({Operator.EXISTS, Operator.NOT_EXISTS, Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
"""Operators that take no value."""


class Match(StrEnum):
    ALL = "all"
    ANY = "any"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    """`field` is a dotted path into the event's data; `value` is a list for `one_of` and `none_of`."""

    field: str
    operator: Operator
    value: Json = None
    case_sensitive: bool = False


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    match: Match = Match.ALL
    rows: tuple[FilterRow, ...] = ()
