"""How two values compare: the same rules for conditions and filters.

Returns yes, no, or None for unknown, and never raises. `fold` decides which strings are equal: as written (`composed`),
or ignoring case (`caseless`).
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from engine.expressions.moments import as_exact, as_moment, both_moments, kind_of
from engine.expressions.values import MISSING, as_number, entry, is_list, is_number, is_object, read_number
from engine.expressions.work import folded, spend, spend_on_search
from engine.model import Json
from engine.model.text.normalization import normalized
from engine.model.text.numbers import in_digits
from engine.model.text.times import LONGEST, SHORTEST

LONGEST_LIST: Final = 10_000  # searching a longer one would block everything else
MOST_PAIRS: Final = 100_000

Fold = Callable[[str], str]
Relation = Callable[[Json, Json], bool | None]


class _Incomparable(Enum):
    """The kinds have nothing in common: not a match in a list, otherwise unknown."""

    INCOMPARABLE = "apart"


_INCOMPARABLE: Final = _Incomparable.INCOMPARABLE
_Verdict = bool | _Incomparable | None

_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False}
_MEANT_AS_TRUTHS: Final = frozenset({*_TRUTHS, "yes", "no", "y", "n", "t", "f", "on", "off", "1", "0", "1.0", "0.0"})
"""Strings that senders use for true or false: their meaning is ambiguous, so the result is unknown."""
_LONGEST_TRUTH = 10
_MUCH_TEXT = 10_000
_AS_TIME = 8
_TIME_LENGTHS = range(SHORTEST, LONGEST + 1)


# Strings


def composed(text: str) -> str:
    """Unicode NFC, so that both spellings of an accented letter are equal."""
    return text if text.isascii() else normalized("NFC", text)


def caseless(text: str) -> str:
    if text.isascii():
        return text.lower()
    small = normalized("NFC", text).casefold()
    return small if len(small) > max(2 * len(text), _MUCH_TEXT) else normalized("NFC", small)


def has(text: str, part: str, fold: Fold = composed) -> bool:
    text, part = folded(text, fold), folded(part, fold)
    spend_on_search(text, part)
    return part in text


def begins(text: str, start: str, fold: Fold = composed) -> bool:
    return folded(text, fold).startswith(folded(start, fold))


def ends(text: str, end: str, fold: Fold = composed) -> bool:
    return folded(text, fold).endswith(folded(end, fold))


# Equality


def equal(a: Json, b: Json, fold: Fold = composed) -> bool | None:
    """Whether both are the same value. Null equals null; whether it equals anything else is unknown.

    A value differs from a list if it equals none of the entries; if it equals one, the result is unknown.
    """
    if type(a) is str and type(b) is str:
        return a == b or _same_text(a, b, fold)
    if a is None or b is None:
        return True if a is b else None
    try:
        verdict = _against_list(a, b, fold) if is_list(a) is not is_list(b) else _verdict(a, b, fold)
    except RecursionError:  # deeply nested lists
        return None
    return None if verdict is _INCOMPARABLE else verdict


def unequal(a: Json, b: Json) -> bool | None:
    return negated(equal(a, b))


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _against_list(a: Json, b: Json, fold: Fold) -> bool | None:
    items, other = (a, b) if is_list(a) else (b, a)
    if other is None:
        return False
    return False if not is_object(other) and member(other, items, fold) is False else None


def _verdict(a: Json, b: Json, fold: Fold) -> _Verdict:
    """A list or an object compared with anything else is unknown."""
    spend(1)
    if a is None or b is None:
        return a is b
    if is_list(a) and is_list(b):
        return len(a) == len(b) and _all_same(zip(a, b, strict=True), fold)
    if is_object(a) and is_object(b):
        return _same_object(a, b, fold)
    if type(a) in _CONTAINERS or type(b) in _CONTAINERS:
        return None
    return _scalars(a, b, fold)


_CONTAINERS: Final = frozenset({list, dict})


def _same_object(a: Mapping[str, Json], b: Mapping[str, Json], fold: Fold) -> bool | None:
    spend((len(a) + len(b)) // 4)
    if a.keys() != b.keys():
        spend(4 * (len(a) + len(b)))
        a, b = ({composed(key): value for key, value in one.items()} for one in (a, b))
    return a.keys() == b.keys() and _all_same(((one, b[key]) for key, one in a.items()), fold)


def _all_same(pairs: Iterable[tuple[Json, Json]], fold: Fold) -> bool | None:
    answer: bool | None = True
    for one, other in pairs:
        verdict = _verdict(one, other, fold)
        if verdict is False or verdict is _INCOMPARABLE:
            return False
        if verdict is None:
            answer = None
    return answer


def _scalars(a: Json, b: Json, fold: Fold) -> _Verdict:
    if type(a) is bool or type(b) is bool:
        return a is b if type(a) is type(b) else _truth(a, b)
    if type(a) is str and type(b) is str:
        return _same_text(a, b, fold)
    if is_number(a) or is_number(b):
        one, other = as_number(a), as_number(b)
        return _INCOMPARABLE if one is None or other is None else in_digits(one) == in_digits(other)
    return _same_moment(a, b)


def _truth(a: Json, b: Json) -> _Verdict:
    """A boolean compared with anything else, in either order."""
    truth, other = (a, b) if type(a) is bool else (b, a)
    if type(other) is str:
        word = _truth_word(other)
        return _TRUTHS[word] is truth if word in _TRUTHS else None if word else _INCOMPARABLE
    return None if is_number(other) and other in (0, 1) else _INCOMPARABLE


def _truth_word(text: str) -> str | None:
    """The word, trimmed and lower-cased, if it may stand for true or false."""
    if len(text) > _LONGEST_TRUTH:
        return None
    word = text.strip().lower()
    return word if word in _MEANT_AS_TRUTHS else None


def _same_text(a: str, b: str, fold: Fold) -> bool | None:
    if folded(a, fold) == folded(b, fold):
        return True
    if len(a) in _TIME_LENGTHS:
        spend(_AS_TIME)
    if (one := as_exact(a)) is not None and (other := as_exact(b)) is not None:
        return one == other if kind_of(one[0]) == kind_of(other[0]) else None
    word = _truth_word(a)
    meant = _truth_word(b) if word else None
    return None if word and meant and _may_mean_the_same(word, meant) else False


def _may_mean_the_same(one: str, other: str) -> bool:
    """True for `true` and `yes`, false for `yes` and `no`: without a boolean involved, they are ordinary strings."""
    return (one in _TRUTHS or other in _TRUTHS) and not (one in _TRUTHS and other in _TRUTHS and one != other)


def _same_moment(a: Json, b: Json) -> _Verdict:
    pair = both_moments(a, b)
    if pair is not None:
        return pair[0] == pair[1]
    return _INCOMPARABLE if as_moment(a) is None or as_moment(b) is None else None


# Ordering


def _ordered(holds: Callable[[Any, Any], bool]) -> Relation:
    def relation(a: Json, b: Json) -> bool | None:
        if type(a) is int and type(b) is int:
            return holds(a, b)
        pair = _ranked(a, b)
        return None if pair is None else holds(*pair)

    return relation


less: Final = _ordered(operator.lt)
at_most: Final = _ordered(operator.le)
greater: Final = _ordered(operator.gt)
at_least: Final = _ordered(operator.ge)


def has_order(value: Json) -> bool:
    """Whether it is, or can be parsed as, a number, a time or a date."""
    return as_number(value) is not None or as_moment(value) is not None


def _ranked(a: Json, b: Json) -> tuple[Any, Any] | None:
    """Two numbers, or two times of the same kind, also if given as strings."""
    one = as_number(a)
    if one is None:
        return both_moments(a, b)
    other = as_number(b)
    return None if other is None else (in_digits(one), in_digits(other))


# Membership


def within(item: Json, container: Json, fold: Fold = composed) -> bool | None:
    """Whether it is a member of a list, a substring, or a key of an object; None for anything else."""
    if is_list(container):
        return member(item, container, fold)
    if type(item) is not str:
        return None
    if type(container) is str:
        return has(container, item, fold)
    return entry(container, item) is not MISSING if is_object(container) else None


def outside(item: Json, container: Json) -> bool | None:
    return negated(within(item, container))


def member(item: Json, items: Sequence[Json], fold: Fold = composed) -> bool | None:
    """Whether any of them equals the item. Unknown if one might, or if none can be compared with it."""
    if item is None:
        return True if None in items else None if items else False
    if len(items) > LONGEST_LIST or (is_list(item) and len(items) * len(item) > MOST_PAIRS):
        return None
    try:
        if type(item) is str and not _reads_as_other(item):
            return _text_member(item, items, fold)
        return _any_same(_entry_verdict(one, item, fold) for one in items)
    except RecursionError:  # deeply nested lists
        return None


def _entry_verdict(one: Json, item: Json, fold: Fold) -> _Verdict:
    return _against_list(one, item, fold) if is_list(item) and not is_list(one) else _verdict(one, item, fold)


def _any_same(verdicts: Iterable[_Verdict]) -> bool | None:
    seen: set[_Verdict] = set()
    for verdict in verdicts:
        if verdict is True:
            return True
        seen.add(verdict)
        spend(1)
    return None if None in seen or seen == {_INCOMPARABLE} else False


def _reads_as_other(text: str) -> bool:
    return read_number(text) is not None or reads_as_other_than_number(text)


def reads_as_other_than_number(text: str) -> bool:
    """As a time, or as a word for true or false."""
    return as_moment(text) is not None or _truth_word(text) is not None


def _text_member(text: str, items: Sequence[Json], fold: Fold) -> bool | None:
    """For text that equals only identical text: ten times as fast."""
    if text in items:
        return True
    wanted = folded(text, fold)
    return _any_same(_plain_verdict(one, wanted, fold) for one in items)


def _plain_verdict(one: Json, wanted: str, fold: Fold) -> _Verdict:
    if type(one) is str:
        spend(1)
        return folded(one, fold) == wanted
    if one is None:
        return False
    return None if type(one) in _CONTAINERS else _INCOMPARABLE
