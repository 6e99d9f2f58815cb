"""Why two values cannot be compared, in words: for condition traces and the reasons of filter rows."""

from collections.abc import Sequence
from datetime import datetime

from engine.expressions.comparing import LONGEST_LIST, Fold, composed, equal, has_order, member
from engine.expressions.moments import Moment, as_moment, kind_of
from engine.expressions.values import as_number, describe, is_list, is_number, is_object
from engine.expressions.work import TooMuchWork
from engine.model import Json

LEFT, RIGHT = 0, 1

Blame = tuple[int, str]
"""Which of the two is at fault, and why: "is no number"."""


def why_incomparable(a: Json, b: Json, sign: str = "", *, in_order: bool = False) -> Blame:
    """For two values compared with this operator, for order or equality."""
    for side, value, other in ((LEFT, a, b), (RIGHT, b, a)):
        if (lack := _lack(value, other, in_order=in_order)) is not None:
            return side, lack
    if in_order and type(a) is str and type(b) is str:
        return LEFT, f"has no order against {describe(b)}"
    return LEFT, f"does not compare with {describe(b)}{f' by {sign}' if sign else ''}"


def why_not_within(item: Json, container: Json, fold: Fold = composed) -> Blame:
    if is_list(container):
        if len(container) > LONGEST_LIST:
            return RIGHT, f"has more than {LONGEST_LIST} entries"
        return LEFT, _among(item, container, fold)
    if type(container) is str:
        return LEFT, "is no text and so never part of one"
    return (LEFT, "is no key") if is_object(container) else (RIGHT, "is no list, text or object")


def _among(item: Json, items: Sequence[Json], fold: Fold) -> str:
    """Names the first entry that might be meant."""
    try:
        doubtful = next((one for one in items if one is not None and equal(one, item, fold) is None), None)
        if is_list(item) and doubtful is not None and member(doubtful, item) is False:
            return f"contains {describe(doubtful)} in another case among its entries"
    except TooMuchWork:
        doubtful = None
    if doubtful is None:
        return "does not compare with every entry of the list"
    return f"does not compare with {describe(doubtful)}, an entry of the list"


def _lack(value: Json, other: Json, *, in_order: bool) -> str | None:
    if value is None:
        return "has no order" if in_order else f"does not compare with {describe(other)}"
    if type(value) is not str:
        return None
    if is_number(other):
        return "is no number" if as_number(value) is None else None
    return _lack_of_time(value, other) or _lack_of_order(value, other, in_order=in_order)


def _lack_of_time(value: str, other: Json) -> str | None:
    mine, theirs = as_moment(value), as_moment(other)
    if theirs is None:
        return None
    if mine is not None:
        return _lack_of_zone(mine, theirs)
    return "is no time" if type(other) is datetime else None


def _lack_of_zone(mine: Moment, theirs: Moment) -> str | None:
    kinds = kind_of(mine), kind_of(theirs)
    if kinds == ("time without a zone", "time"):
        return "is a time without a zone and does not compare with one that has a zone"
    if kinds[0] == "date" != kinds[1]:
        return "is a date alone and does not compare with a time"
    return None


def _lack_of_order(value: str, other: Json, *, in_order: bool) -> str | None:
    spells_none = in_order and type(other) is str and not has_order(value)
    return f"has no order against {describe(other)}" if spells_none else None
