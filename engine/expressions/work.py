"""The work that one evaluation may do, so that no event makes a condition or a filter slow. Pure.

It is counted in steps of about a quarter of a microsecond. Outside an evaluation there is no limit.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

BUDGET: Final = 24_000
TOO_MUCH: Final = "it takes too much work on this event's data"

_UNLIMITED: Final = 1 << 62
_SHORT: Final = 256
_SHORT_FOREIGN: Final = 4
_FOREIGN: Final = 40
"""Folding text beyond ASCII takes so many times as long."""


class TooMuchWork(Exception):
    """The budget is used up, so the answer is unknown."""


class _Meter(threading.local):
    """What is left for the evaluation in this thread, and the long texts that it has folded, with their originals."""

    def __init__(self) -> None:
        self.left = _UNLIMITED
        self.folded: dict[tuple[int, int], tuple[str, str]] | None = None


_METER: Final = _Meter()


@contextmanager
def bounded_work(budget: int = BUDGET) -> Generator[None]:
    """Within another, its budget is shared."""
    if _METER.folded is not None:
        yield
        return
    _METER.left, _METER.folded = budget, {}
    try:
        yield
    finally:
        _METER.left, _METER.folded = _UNLIMITED, None


def within_budget(ask: Callable[[T], R], argument: T, otherwise: R, budget: int = BUDGET) -> R:
    """The same in fewer steps; `otherwise` where it takes too much."""
    _METER.left, _METER.folded = budget, {}
    try:
        return ask(argument)
    except TooMuchWork:
        return otherwise
    finally:
        _METER.left, _METER.folded = _UNLIMITED, None


def spend(steps: int) -> None:
    """Before the work is done. Raises TooMuchWork."""
    _METER.left -= steps
    if _METER.left < 0:
        raise TooMuchWork


def spend_on_text(text: str) -> None:
    """For reading all of it, once."""
    if len(text) > _SHORT:
        spend(len(text) * (1 if text.isascii() else _FOREIGN) // _SHORT)


def spend_on_search(text: str, part: str) -> None:
    """Python may compare several characters of a part with every one of a text, depending on how long both are."""
    if len(text) > _SHORT:
        most = 400 if len(text) < 2_500 else 100 if len(text) < 30_000 else 12
        spend(len(text) * min(len(part), most) // 1_024 + 1)


def folded(text: str, fold: Callable[[str], str]) -> str:
    """Folds a long text only once for an evaluation. Raises TooMuchWork."""
    if len(text) <= _SHORT:
        if not text.isascii():
            spend(_SHORT_FOREIGN)
        return fold(text)
    known = _METER.folded
    if known is None:
        return fold(text)
    key = id(text), id(fold)
    if key not in known:
        spend_on_text(text)
        known[key] = text, fold(text)
    return known[key][1]
