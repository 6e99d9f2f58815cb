"""Searches text newest first within a budget; the next page continues where this one stopped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from storage.texts import Asked

MOST_ROWS = 2_000
MOST_CHARACTERS = 8 << 20
_FIRST, _LARGEST = 60, 500

Read = Callable[[int, int], Iterable[tuple[int, str]]]
"""The next rows below a seq, at most so many, each with its searchable text."""


@dataclass(slots=True)
class Budget:
    """How much text a single request may search."""

    rows: int = MOST_ROWS
    characters: int = MOST_CHARACTERS

    @property
    def spent(self) -> bool:
        return self.rows <= 0 or self.characters <= 0


@dataclass(frozen=True, slots=True)
class Found:
    """`seqs` match, newest first; everything down to `down_to` was searched, and with `over` there is nothing left."""

    seqs: Sequence[int]
    down_to: int
    over: bool

    def next(self, limit: int) -> str | None:
        """The cursor of the page after the first `limit` matches; None on the last page."""
        if len(self.seqs) > limit:
            return str(self.seqs[limit - 1])
        return None if self.over else str(self.down_to)


def find(read: Read, asked: Asked, before: int, most: int, budget: Budget) -> Found:
    """Always reads at least one row."""
    seqs: list[int] = []
    size = _FIRST
    while True:
        looked_at = 0
        for seq, text in read(before, size):
            before = seq
            looked_at += 1
            budget.rows -= 1
            budget.characters -= len(text)
            if asked.is_in(text):
                seqs.append(seq)
            if len(seqs) == most or budget.spent:
                return Found(seqs, before, over=False)
        if looked_at < size:
            return Found(seqs, before, over=True)
        size = min(size * 2, _LARGEST, max(budget.rows, 1))
