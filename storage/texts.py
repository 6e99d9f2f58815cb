"""Searchable text, normalized for case, accents and number formats. Pure.

Every value is on its own line; a number with separators is repeated as plain digits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, cast
from zlib import crc32

from engine.model.text.normalization import normalized

SHORTEST_WHOLE: Final = 6
"""Shorter values could be guessed one after the other."""
GRAM: Final = 3
"""The index has every run of three characters."""

_NUMBER: Final = re.compile(r"[0-9](?:[-+(). /·_‐–—]{0,3}[0-9]){6,}")
_PART_OF_NUMBER: Final = re.compile(r"[0-9](?:[-+(). /·_‐–—]{0,3}[0-9]){2,}")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_ACCENTS: Final = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WIDE: Final = re.compile("[\u2600-\udfff\uf900-\U0010ffff]+")
"""What is written without spaces, and pictures: one or two of these say something."""
_LETTER: Final = re.compile(r"[A-Za-z]")
_PIECE: Final = 16_384
_NEAR: Final = 256
_FIRST_WIDE: Final = "\n\x01\x01"
_OWN_FIRST: Final = 0xE000
_OWN_COUNT: Final = 6_400


def folded(text: str) -> str:
    """In lower case, without accents; control characters become spaces."""
    return "".join(map(_folded, _pieces(text)))


def _folded(text: str) -> str:
    text = _UNSEEN.sub(" ", text)
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", normalized("NFKD", text.casefold()))
    return normalized("NFKC", bare).casefold()


def _pieces(text: str) -> Iterator[str]:
    """Long text in parts, since nothing else runs while one is searched; split before a letter, where there is one."""
    start = 0
    while len(text) - start > _PIECE:
        found = _LETTER.search(text, start + _PIECE, start + _PIECE + _NEAR)
        end = found.start() if found else start + _PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def searchable(values: Iterable[str]) -> str:
    lines = [folded(value) for value in values]
    parts = (part for line in lines for part in _pieces(line))
    numbers = [_digits(found) for part in parts for found in _NUMBER.findall(part) if not found.isdigit()]
    return "\n".join(lines + numbers)


def indexed(text: str, kind: str = "") -> str:
    """The indexed form of a searchable text. A search within a `kind` matches no other kind."""
    wide = "".join(sorted({gram for run in _WIDE.findall(text) for gram in _wide_grams(run)}))
    return "\n".join(part for part in (mark(kind) if kind else "", text, wide) if part)


def searched(index: str) -> str:
    """The searchable text of an indexed one, without its kind."""
    return index.partition(_FIRST_WIDE)[0]


def values_in(document: Any, *, names: bool = False) -> Iterator[str]:
    """Every value of a JSON document at any depth, as it is written there; on request, the field names too."""
    waiting: list[Any] = [document]
    while waiting:
        value: Any = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += cast("dict[str, Any]", value).values()
            waiting += cast("dict[str, Any]", value) if names else ()
        elif isinstance(value, list):
            waiting += cast("list[Any]", value)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        else:
            yield "null" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that must all occur in a text, in any order; or `digits`, those of a phone number or a part of one."""

    words: tuple[str, ...]
    digits: str = ""

    def is_in(self, text: str) -> bool:
        """`text` must be searchable text."""
        return all(word in text for word in self.words) or (self.digits != "" and self.digits in text)

    def within_reach(self, text: str, shown: str) -> str:
        """What somebody may search who sees only `shown` of a text: that, and what they ask for if it is a whole value
        of the text. By parts, a value could be found out letter by letter."""
        lines = set(text.split("\n"))
        whole = {one for one in (*self.words, " ".join(self.words)) if len(one) >= SHORTEST_WHOLE and one in lines}
        if len(self.digits) >= SHORTEST_WHOLE and any(_number(line) == self.digits for line in lines):
            whole.add(self.digits)
        return "\n".join((shown, *whole))

    def grams(self) -> tuple[list[str], ...]:
        """Alternative index queries, each the grams that a matching text contains; empty if the index cannot help."""
        ways = [[gram for word in self.words for gram in _grams(word)]]
        if self.digits:
            ways.append(_grams(self.digits))
        return tuple(list(dict.fromkeys(way)) for way in ways if way)


def asked(text: str) -> Asked | None:
    """Returns None if there is no word."""
    words = folded(text).split()
    if not words:
        return None
    return Asked(words=tuple(dict.fromkeys(words)), digits=_number(" ".join(words)))


def mark(kind: str) -> str:
    """A gram that represents a kind, made of private-use characters."""
    number = crc32(kind.encode())
    return "".join(chr(_OWN_FIRST + number // _OWN_COUNT**place % _OWN_COUNT) for place in range(GRAM))


def _grams(word: str) -> list[str]:
    if len(word) < GRAM:
        return list(_wide_grams(word))[-1:] if _WIDE.fullmatch(word) else []
    return [word[start : start + GRAM] for start in range(len(word) - GRAM + 1)]


def _wide_grams(run: str) -> Iterator[str]:
    """Grams of one character, then of two, padded to full length."""
    yield from (f"\x01\x01{one}" for one in run)
    yield from (f"\x01{first}{second}" for first, second in pairwise(run))


def _number(text: str) -> str:
    """The digits of a phone number or a part of one; empty for anything else."""
    number = text.strip("+()")
    return _digits(number) if _PART_OF_NUMBER.fullmatch(number) else ""


def _digits(number: str) -> str:
    return _NOT_DIGITS.sub("", number)
