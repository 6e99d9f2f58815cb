"""Finds phone numbers in a text, with and without country code, however they are punctuated. Pure.

One pass for all numbers: the time depends on the text alone.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

FEWEST_DIGITS: Final = 6
NATIONAL: Final = 10
"""This many trailing digits identify a phone number without its country code."""

_RUN: Final = re.compile(r"\d(?:[\s().-]{0,3}+\d){5,}+")
_NOT_DIGITS: Final = re.compile(r"\D+")


class Numbers:
    """`masks` has the replacement for each number, given as at least six digits."""

    def __init__(self, masks: Mapping[str, str]) -> None:
        self._masks = {number[-NATIONAL:]: mask for number, mask in masks.items()} | dict(masks)
        self._beginnings = {number[:FEWEST_DIGITS] for number in self._masks}
        self._lengths = sorted({len(number) for number in self._masks}, reverse=True)

    def replaced(self, text: str) -> str:
        if not self._masks:
            return text
        pieces: list[str] = []
        done = 0
        for start, end, number in self._found(text):
            pieces += [text[done : _with_prefix(text, start, done)], self._masks[number]]
            done = end
        return "".join([*pieces, text[done:]])

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The place of each number in the text, and its digits."""
        for run in _RUN.finditer(text):
            digits = _NOT_DIGITS.sub("", run[0])
            if hits := list(self._in_digits(digits)):
                places = [place for place in range(*run.span()) if text[place].isdecimal()]
                yield from ((places[at], places[at + len(number) - 1] + 1, number) for at, number in hits)

    def _in_digits(self, digits: str) -> Iterator[tuple[int, str]]:
        at = 0
        while at <= len(digits) - FEWEST_DIGITS:
            number = self._number_at(digits, at) if digits[at : at + FEWEST_DIGITS] in self._beginnings else ""
            if number:
                yield at, number
            at += len(number) or 1

    def _number_at(self, digits: str, at: int) -> str:
        slices = (digits[at : at + length] for length in self._lengths)
        return next((number for number in slices if number in self._masks), "")


def _with_prefix(text: str, start: int, done: int) -> int:
    """Where the number starts with its bracket and plus sign, which may be percent-encoded."""
    if text.endswith("(", done, start):
        start -= 1
    before = text[max(done, start - 3) : start]
    if before.endswith("+"):
        return start - 1
    return start - 3 if before.upper() == "%2B" else start
