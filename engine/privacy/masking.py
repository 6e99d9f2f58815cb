"""Masks personal data: an event's sensitive fields, and their values in any text derived from it. Pure.

A masked value keeps what helps to recognise it: `+1•••••••21`, `m•••@example.com`, `••• (812 characters)`.
"""

import json
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import Final, cast
from urllib.parse import quote, quote_plus

from engine.model import Json
from engine.privacy.numbers import FEWEST_DIGITS, Numbers

SHORTEST: Final = 3
"""Shorter values are masked only in their field: in texts they would match everywhere."""
ANCHOR: Final = 12
"""A longer value is recognised by this many characters of its beginning, if the rest was cut off."""
LONG: Final = 40
CUT_OFF: Final = 16_000
"""A text of this length may have been truncated."""
MOST_VALUES: Final = 500
MOST_PARTS: Final = 5_000
MOST_CHARACTERS: Final = 524_288
"""So much text is searched for one event's values; what comes after it is masked as a whole."""

TRANSCRIPT: Final = "transcript"
_SPEAKERS: Final = frozenset({"role", "speaker", "user", "participant", "from"})
_SAID: Final = frozenset({"content", "message", "text", "utterance", "words", "sentence", "body"})

_EMAIL: Final = re.compile(r"(?<![^@\s\"'<>,;])[^@\s\"'<>,;]++@[^@\s\"'<>,;]+\.[^@\s\"'<>,;.]+")
_PHONE: Final = re.compile(r"\+?[\d\s().-]{6,24}")
_PHONE_WITHIN: Final = re.compile(
    r"(?<![\w.])(?:\+\d[\d\s().-]{5,18}\d|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}|\d{10,15})(?!\w|\.\d)"
)
_WRITTEN_IN_MANY_WAYS: Final = re.compile(r"(?<![\\\"\s])[^\S\n\r\t]*+[\\\"\n\r\t][\\\"\s]*")
_MASKED: Final = re.compile(r"\+?\d•{7}\d\d|.•••@[^@\s\"'<>,;]+|••• \([\d,]+ characters\)")
_NOT_DIGITS: Final = re.compile(r"\D+")


def folded(name: str) -> str:
    """A field's name as sensitive names are compared: in any case and Unicode normalization."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).lower()


def masked(value: str) -> str:
    if _MASKED.fullmatch(value):
        return value
    if _EMAIL.fullmatch(value):
        return f"{value[0]}•••@{value.rpartition('@')[2]}"
    digits = _digits_of(value)
    if digits:
        return f"{'+' if value.lstrip().startswith('+') else ''}{digits[0]}•••••••{digits[-2:]}"
    return f"••• ({len(value):,} characters)"


def masked_loosely(text: str) -> str:
    """Masks anything like an e-mail address or phone number in a text whose event is not available."""
    text = _EMAIL.sub(lambda found: masked(found[0]), text)
    return _PHONE_WITHIN.sub(lambda found: masked(found[0]), text)


def said_in(entry: Json, fields: Set[str]) -> frozenset[str]:
    """The names under which an entry of a list has what was said, if it is one turn of a conversation and transcripts
    are sensitive: platforms send those as a text and as turns, each by names of its own."""
    if TRANSCRIPT not in fields or not isinstance(entry, dict):
        return frozenset()
    names = cast("dict[str, Json]", entry).keys()
    return _SAID & names if _SPEAKERS & names else frozenset()


class Veil:
    """For one event: `fields` are folded names of fields that are sensitive at any depth."""

    def __init__(self, data: Mapping[str, Json], fields: Set[str]) -> None:
        self._original, self._fields = data, fields
        self._values = list(dict.fromkeys(value for _, value in named_values(data, fields)))
        self._left = MOST_CHARACTERS

    @property
    def hides(self) -> bool:
        """Whether the event has anything to hide."""
        return bool(self._values)

    @cached_property
    def data(self) -> dict[str, Json]:
        return cast("dict[str, Json]", self._masked(self._original, hidden=False))

    def text(self, text: str) -> str:
        """In whichever form the values occur. With too many values, or too much text, all of it is masked."""
        if not text or not self._values:
            return text
        self._left -= len(text)
        if self._too_many or self._left < 0:
            return masked(text)
        text = self._numbers.replaced(text)
        for group in self._groups_in(text):
            text = _without(text, group)
        return text

    def json(self, document: Json, but: Set[str] = frozenset()) -> Json:
        """Masks every string, and every number that is a sensitive value. Values under the names in `but` stay."""
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
            return {name: self._masked(one, hidden=hidden or folded(name) in self._fields) for name, one in members}
        if isinstance(value, list):
            return [self._entry(one, hidden=hidden) for one in cast("list[Json]", value)]
        if hidden:
            return masked(str(value)) if _reveals(value) else value
        return self.json(value)

    def _entry(self, value: Json, *, hidden: bool) -> Json:
        """One of a list."""
        if hidden or not (said := said_in(value, self._fields)):
            return self._masked(value, hidden=hidden)
        turn = cast("dict[str, Json]", value).items()
        return {name: self._masked(one, hidden=name in said or folded(name) in self._fields) for name, one in turn}

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers({digits: masked(value) for value in self._values if (digits := _digits_of(value))})

    def _groups_in(self, text: str) -> "list[_Group]":
        """The spellings to search for in a text, longest first. Only those that could occur in it: an event may have
        tens of thousands, and a long value a great many parts."""
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
        """Spellings with a common prefix, longest first, since one may contain another."""
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
    """Spellings with a common prefix, as they are and lower-cased, sorted, with their masks."""

    __slots__ = ("anchor", "folded", "longest", "mask", "spellings", "stretches")

    def __init__(self, anchor: str, mask: str, spellings: list[str]) -> None:
        self.anchor, self.mask, self.spellings = anchor, mask, spellings
        self.folded = sorted(one.lower() for one in spellings)
        self.longest = max(map(len, spellings))
        self.stretches = any(len(one) != len(one.lower()) for one in spellings)

    @property
    def beginnings(self) -> list[str]:
        """Prefixes shorter than the anchor."""
        return [self.anchor[:length] for length in range(SHORTEST + 1, len(self.anchor))]


def _loose_ends(folded: str) -> set[str]:
    """What precedes a cut in the text, which may be a prefix of a value, in every possible length."""
    pieces = folded.split("…")
    ends = pieces if len(folded) >= CUT_OFF else pieces[:-1]
    return {end[-length:] for end in ends for length in range(SHORTEST + 1, ANCHOR) if len(end) >= length}


def _length(group: _Group) -> int:
    return -group.longest


def _parts_of(value: str) -> int:
    return sum(map(value.count, '"\\\n\r\t')) if len(value) > LONG else 1


def named_values(value: Json, fields: Set[str], within: str = "") -> Iterator[tuple[str, str]]:
    """Every sensitive value as text, with the folded name of the field that makes it sensitive."""
    if isinstance(value, dict):
        for name, member in cast("dict[str, Json]", value).items():
            of = folded(name)
            yield from named_values(member, fields, within or (of if of in fields else ""))
    elif isinstance(value, list):
        for member in cast("list[Json]", value):
            yield from named_values(member, fields, within)
            yield from () if within else _said_values(member, fields)
    elif within and _reveals(value):
        yield within, str(value)


def _said_values(entry: Json, fields: Set[str]) -> Iterator[tuple[str, str]]:
    """What a turn says, under the name of the whole. A short text, such as one word, is masked in its place alone:
    callers say “yes”, and so do other fields."""
    for name in said_in(entry, fields):
        said = cast("dict[str, Json]", entry)[name]
        if isinstance(said, str) and len(said) >= ANCHOR:
            yield TRANSCRIPT, said


def _reveals(value: Json) -> bool:
    return value is not None and not isinstance(value, bool) and value != ""


def _digits_of(value: str) -> str:
    """The digits of a phone number; empty for anything else."""
    digits = _NOT_DIGITS.sub("", value) if _PHONE.fullmatch(value) else ""
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _spellings_of(value: str) -> set[str]:
    """As it is; in JSON, and in JSON within JSON; in a URL; in a form. For a long one also the parts between characters
    that have several spellings."""
    found = {value, value.strip()}
    if len(value) > LONG:
        found |= {part for part in _WRITTEN_IN_MANY_WAYS.split(value) if len(part) >= ANCHOR}
    for _ in range(2):
        found |= {json.dumps(one, ensure_ascii=plain)[1:-1] for one in set(found) for plain in (True, False)}
    return found | {quote(value, safe=""), quote(value), quote_plus(value)}


def _without(text: str, group: _Group) -> str:
    """Masks these spellings in the text, in any case; complete, or truncated."""
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
    """The longest prefix shared with any of these; they are sorted, so the best match is next to where the text would
    be."""
    place = bisect(wanted, text)
    return max(_common(text[: len(one)], one) for one in wanted[max(place - 1, 0) : place + 1])


def _common(text: str, wanted: str) -> int:
    """The length of the common prefix."""
    if text == wanted:
        return len(wanted)
    return next((i for i, (one, other) in enumerate(zip(text, wanted, strict=False)) if one != other), len(text))


def _without_loose_end(text: str, folded: str, anchor: str, mask: str) -> str:
    """Masks a prefix shorter than the anchor where the text, or a part of it, was cut off: `…`."""
    for length in range(len(anchor) - 1, SHORTEST, -1):
        start = anchor[:length]
        if len(text) >= CUT_OFF and folded.endswith(start):
            text, folded = text[:-length] + mask, folded[:-length] + mask
        if (at := folded.find(start + "…")) >= 0:
            text = text[:at] + mask + text[at + length :]
            folded = folded[:at] + mask + folded[at + length :]
    return text
