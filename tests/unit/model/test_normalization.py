"""Normalization takes linear time, and is Unicode's own for anything that people write."""

import time
import unicodedata

import pytest

from engine.model.text.normalization import MOST_MARKS, normalized

MARKS = "\u0301\u0323"


@pytest.mark.parametrize("text", ["plain", "e\u0301", "é", "ﬁ", "\u1100\u1161", "a" + MARKS * (MOST_MARKS // 2)])
def test_what_people_write_is_normalized(text: str) -> None:
    assert normalized("NFC", text) == unicodedata.normalize("NFC", text)
    assert normalized("NFKD", text * 40) == unicodedata.normalize("NFKD", text * 40)


@pytest.mark.parametrize("before", range(MOST_MARKS + 2))
def test_a_longer_run_of_marks_is_left_as_it_is(before: int) -> None:
    text = "a" * before + "\u0323\u0301" + MARKS * (MOST_MARKS // 2) + "e\u0301"

    assert normalized("NFC", text) == text


def test_so_it_is_never_quadratic() -> None:
    began = time.thread_time()
    normalized("NFKC", "a" + MARKS * 131_072)

    assert time.thread_time() - began < 0.2


def test_every_mark_is_known() -> None:
    marks = [chr(code) for code in range(0x80, 0x110000) if _stands_for_marks(chr(code))]

    assert len(marks) > 900
    assert all(normalized("NFD", "é" + mark * (MOST_MARKS + 1)).startswith("é") for mark in marks)


def _stands_for_marks(character: str) -> bool:
    return all(map(unicodedata.combining, unicodedata.normalize("NFKD", character)))
