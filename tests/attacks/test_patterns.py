"""No text makes a regular expression of the product slow: `re` keeps the interpreter to itself while it searches."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from dashboard.components.conditions.editor import TEXTS
from engine.events.catalogue import load_catalogue
from engine.expressions.parser import SLIPS, WORDS
from engine.model.text.normalization import _marks
from tests.attacks.patterns import SIZE, Computed, Use, hostile_texts, uses

SMALL = 16_384
SECONDS, TYPICAL_SECONDS, BUSY = 0.05, 0.005, 4
"""For 256 KiB, and for a typical event, on a quiet machine; beside other work, CPU time too is several times as long.
What is not linear takes seconds for the first."""
CUT_FIRST = {
    "engine/expressions/parser.py:_PATH_BEFORE": 200,
    "engine/expressions/parser.py:_RESERVED": 1_000,
    "dashboard/components/basics/sentence.py:_TOKENS": 1_000,
    "dashboard/curl/shell_words.py:_IN_BASH": 65_536,
}
"""How much of a text is given to these, at most."""

COMPUTED = {
    "engine/expressions/parser.py:_plain": [words for words, _ in WORDS],
    "engine/expressions/parser.py:_slip": [slip for slip, _ in SLIPS],
    "engine/model/text/normalization.py:_marks": [marks.pattern for marks in _marks()],
    "dashboard/components/conditions/editor.py:rename": [rf"{TEXTS}|(?<![\w.])lead(?!\w)"],
}
FOUND = list(uses())
USES = [one for one in FOUND if isinstance(one, Use)]
USES += [
    Use(f"{place}[{index}]", re.compile(pattern), "sub" if "rename" in place else "search")
    for place, patterns in COMPUTED.items()
    for index, pattern in enumerate(patterns)
]


def seconds(use: Use, text: str) -> float:
    """The least of several runs, so that a busy machine is not counted."""
    least = 60.0
    for _ in range(8):
        began = time.thread_time()
        use.run(text)
        least = min(least, time.thread_time() - began)
        if least < 0.004:
            break
    return least


def slowest(use: Use, size: int) -> Iterator[tuple[float, int]]:
    for place, text in enumerate(hostile_texts(use.pattern, size)):
        began = time.thread_time()
        use.run(text)
        took = time.thread_time() - began
        yield took, place
        if took > SECONDS * BUSY:
            return


def test_every_pattern_is_known() -> None:
    assert {one.place for one in FOUND if isinstance(one, Computed)} == set(COMPUTED)
    assert len(USES) > 80
    assert set(CUT_FIRST) <= {use.place for use in USES}


@pytest.mark.parametrize("use", USES, ids=str)
def test_hostile_text_is_scanned_in_linear_time(use: Use) -> None:
    size = CUT_FIRST.get(use.place, SIZE)
    worst = sorted(slowest(use, min(SMALL, size)), reverse=True)[:2]
    for _, place in worst:
        text = next(text for at, text in enumerate(hostile_texts(use.pattern, size)) if at == place)
        assert seconds(use, text) <= SECONDS * BUSY, f"{text[:8]!r}…{text[-4:]!r}"


@pytest.mark.parametrize("use", USES, ids=str)
def test_the_text_of_a_typical_event_is_scanned_in_5_ms(use: Use) -> None:
    text = json.dumps({name: kind.sample for name, kind in load_catalogue().by_name.items()})

    assert seconds(use, text[: CUT_FIRST.get(use.place, SIZE)]) <= TYPICAL_SECONDS * BUSY
