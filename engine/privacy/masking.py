"""People's data masked: the sensitive fields of an event, and their values in whatever text derives from it. Pure.

A masked value keeps what helps to recognise it: `+1•••••••21`, `m•••@example.com`, `••• (812 characters)`.
"""

import json
import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import Final, cast
from urllib.parse import quote, quote_plus

from engine.model import Json

SHORTEST: Final = 3
"""Shorter values are masked in their field alone: in texts they would be found everywhere."""
ANCHOR: Final = 12
"""By so many characters the beginning of a longer value is known, also where the rest is cut off."""
LONG: Final = 40
CUT_OFF: Final = 16_000
"""A text of this length may be one of which no more was kept."""
MOST_VALUES: Final = 500
MOST_PARTS: Final = 5_000
FEWEST_DIGITS: Final = 6
NATIONAL: Final = 10
"""So many digits at the end of a number are the number also without the country."""

_EMAIL: Final = re.compile(r"[^@\s\"'<>,;]+@[^@\s\"'<>,;]+\.[^@\s\"'<>,;.]+")
_PHONE: Final = re.compile(r"\+?[\d\s().-]{6,24}")
_PHONE_WITHIN: Final = re.compile(
    r"(?<![\w.])(?:\+\d[\d\s().-]{5,18}\d|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}|\d{10,15})(?!\w|\.\d)"
)
_WRITTEN_IN_MANY_WAYS: Final = re.compile(r"[\\\"\s]*[\\\"\n\r\t][\\\"\s]*")
_BETWEEN_DIGITS: Final = r"[\s().-]{0,3}"


def masked(value: str) -> str:
    if "•••" in value:
        return value
    if _EMAIL.fullmatch(value):
        return f"{value[0]}•••@{value.rpartition('@')[2]}"
    digits = _digits_of(value)
    if digits:
        return f"{'+' if value.lstrip().startswith('+') else ''}{digits[0]}•••••••{digits[-2:]}"
    return f"••• ({len(value):,} characters)"


def masked_loosely(text: str) -> str:
    """What reads like an e-mail address or a number for calls, in a text of which the event is not at hand."""
    text = _EMAIL.sub(lambda found: masked(found[0]), text)
    return _PHONE_WITHIN.sub(lambda found: masked(found[0]), text)


class Veil:
    """Over one event: `fields` are names, in small letters, of fields that are sensitive at any depth."""

    def __init__(self, data: Mapping[str, Json], fields: Set[str]) -> None:
        self._original, self._fields = data, fields
        self._values = list(dict.fromkeys(_values(data, fields, hidden=False)))

    @property
    def hides(self) -> bool:
        """Whether the event has anything to hide."""
        return bool(self._values)

    @cached_property
    def data(self) -> dict[str, Json]:
        return cast("dict[str, Json]", self._masked(self._original, hidden=False))

    def text(self, text: str) -> str:
        """However the values are written in it. Of too many to look for, nothing is shown."""
        if not text or not self._values:
            return text
        if self._too_many:
            return masked(text)
        for pattern, mask in self._patterns:
            text = pattern.sub(mask, text)
        for group in self._groups_in(text):
            text = _without(text, group)
        return text

    def json(self, document: Json, but: Set[str] = frozenset()) -> Json:
        """Every text in it, and every number that is a value. What stands under the names `but` stays."""
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, dict):
            members = cast("dict[str, Json]", document).items()
            return {name: one if name in but else self.json(one, but) for name, one in members}
        if isinstance(document, list | tuple):
            return [self.json(one, but) for one in cast("list[Json]", document)]
        if isinstance(document, int | float) and not isinstance(document, bool):
            shown = self.text(str(document))
            return document if shown == str(document) else shown
        return document

    def _masked(self, value: Json, *, hidden: bool) -> Json:
        if isinstance(value, dict):
            members = cast("dict[str, Json]", value).items()
            return {name: self._masked(one, hidden=hidden or name.lower() in self._fields) for name, one in members}
        if isinstance(value, list):
            return [self._masked(one, hidden=hidden) for one in cast("list[Json]", value)]
        if hidden:
            return masked(str(value)) if _is_telling(value) else value
        return self.json(value)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Numbers for calls, with and without the country, however they are set out."""
        numbers = [(digits, value) for value in self._values if (digits := _digits_of(value))]
        return [(_number_pattern(digits), masked(value)) for digits, value in numbers]

    def _groups_in(self, text: str) -> "list[_Group]":
        """Those that may stand in a text, the longest first. Of each text only what could be there is looked for: an
        event may have tens of thousands of them, and a long value very many parts."""
        folded = text.lower()
        if len(folded) != len(text):
            return self._groups
        starts = (folded[at : at + ANCHOR] for at in range(len(folded) - ANCHOR + 1))
        found = {start: self._by_anchor[start] for start in starts if start in self._by_anchor}
        found |= {group.anchor: group for group in self._short if group.anchor in folded}
        if loose := _loose_ends(folded):
            found |= {group.anchor: group for group in self._groups if not loose.isdisjoint(group.beginnings)}
        return sorted(found.values(), key=_length)

    @cached_property
    def _too_many(self) -> bool:
        return len(self._values) > MOST_VALUES or sum(map(_parts_of, self._values)) > MOST_PARTS

    @cached_property
    def _groups(self) -> "list[_Group]":
        """Spellings that begin alike; the longest first, since others may be a part of them."""
        alike: dict[str, tuple[list[str], str]] = {}
        for value in self._values:
            for spelling in _spellings_of(value):
                if len(spelling) >= SHORTEST:
                    alike.setdefault(spelling[:ANCHOR].lower(), ([], masked(value)))[0].append(spelling)
        groups = [_Group(anchor, mask, sorted(spellings)) for anchor, (spellings, mask) in alike.items()]
        return sorted(groups, key=_length)

    @cached_property
    def _by_anchor(self) -> "dict[str, _Group]":
        return {group.anchor: group for group in self._groups if len(group.anchor) == ANCHOR}

    @cached_property
    def _short(self) -> "list[_Group]":
        return [group for group in self._groups if len(group.anchor) != ANCHOR]


class _Group:
    """Spellings that begin alike, as they are and in small letters, sorted; with what stands for them."""

    __slots__ = ("anchor", "folded", "longest", "mask", "spellings", "stretches")

    def __init__(self, anchor: str, mask: str, spellings: list[str]) -> None:
        self.anchor, self.mask, self.spellings = anchor, mask, spellings
        self.folded = sorted(one.lower() for one in spellings)
        self.longest = max(map(len, spellings))
        self.stretches = any(len(one) != len(one.lower()) for one in spellings)

    @property
    def beginnings(self) -> list[str]:
        """Of less than the anchor."""
        return [self.anchor[:length] for length in range(SHORTEST + 1, len(self.anchor))]


def _loose_ends(folded: str) -> set[str]:
    """What stands where a text was cut off, or a part of it: `…`; in every length that may be a beginning."""
    pieces = folded.split("…")
    ends = pieces if len(folded) >= CUT_OFF else pieces[:-1]
    return {end[-length:] for end in ends for length in range(SHORTEST + 1, ANCHOR) if len(end) >= length}


def _length(group: _Group) -> int:
    return -group.longest


def _parts_of(value: str) -> int:
    return sum(map(value.count, '"\\\n\r\t')) if len(value) > LONG else 1


def _values(value: Json, fields: Set[str], *, hidden: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in cast("dict[str, Json]", value).items():
            yield from _values(member, fields, hidden=hidden or name.lower() in fields)
    elif isinstance(value, list):
        for member in cast("list[Json]", value):
            yield from _values(member, fields, hidden=hidden)
    elif hidden and _is_telling(value):
        yield str(value)


def _is_telling(value: Json) -> bool:
    return value is not None and not isinstance(value, bool) and value != ""


def _digits_of(value: str) -> str:
    """Of a number for calls; empty for what is none."""
    digits = re.sub(r"\D", "", value) if _PHONE.fullmatch(value) else ""
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _number_pattern(digits: str) -> re.Pattern[str]:
    country, national = digits[:-NATIONAL], digits[-NATIONAL:]
    rest = _BETWEEN_DIGITS.join(national)
    before = _BETWEEN_DIGITS.join(country) + _BETWEEN_DIGITS if country else ""
    return re.compile(rf"(?:%2B|\+)?(?:{before})?\(?{rest}", re.IGNORECASE)


def _spellings_of(value: str) -> set[str]:
    """As it is; in JSON, and in JSON within JSON; in an address; in a form. Of a long one also the parts between what
    is written in many ways."""
    found = {value, value.strip()}
    if len(value) > LONG:
        found |= {part for part in _WRITTEN_IN_MANY_WAYS.split(value) if len(part) >= ANCHOR}
    for _ in range(2):
        found |= {json.dumps(one, ensure_ascii=plain)[1:-1] for one in set(found) for plain in (True, False)}
    return found | {quote(value, safe=""), quote(value), quote_plus(value)}


def _without(text: str, group: _Group) -> str:
    """Without what is written in one of these ways, in large letters or small; whole, or cut off after a while."""
    folded, wanted, mask = text.lower(), group.folded, group.mask
    if len(folded) != len(text) or group.stretches:
        folded, wanted = text, group.spellings
    anchor = wanted[0][:ANCHOR]
    pieces: list[str] = []
    done = 0
    while (at := folded.find(anchor, done)) >= 0:
        pieces += [text[done:at], mask]
        done = at + _longest_common(folded[at : at + group.longest], wanted)
    return "".join([*pieces, _without_loose_end(text[done:], folded[done:], anchor, mask)])


def _longest_common(text: str, wanted: list[str]) -> int:
    """With any of these, which are sorted: what begins most alike stands next to where the text would."""
    place = bisect(wanted, text)
    return max(_common(text[: len(one)], one) for one in wanted[max(place - 1, 0) : place + 1])


def _common(text: str, wanted: str) -> int:
    """How many characters are the same from the beginning."""
    if text == wanted:
        return len(wanted)
    return next((i for i, (one, other) in enumerate(zip(text, wanted, strict=False)) if one != other), len(text))


def _without_loose_end(text: str, folded: str, anchor: str, mask: str) -> str:
    """Without a beginning of less than the anchor, where the text was cut off, or a part of it: `…`."""
    for length in range(len(anchor) - 1, SHORTEST, -1):
        start = anchor[:length]
        if len(text) >= CUT_OFF and folded.endswith(start):
            text, folded = text[:-length] + mask, folded[:-length] + mask
        if (at := folded.find(start + "…")) >= 0:
            text = text[:at] + mask + text[at + length :]
            folded = folded[:at] + mask + folded[at + length :]
    return text
