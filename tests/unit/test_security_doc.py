"""docs/security.md goes through every requirement of ASVS 5.0, levels 1 and 2, once, and names tests that exist."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if re.match(r"\| \d", line)]

STANDARD: Final = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2
2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
4.1.1-3 4.2.1 4.3.1-2 4.4.1-4
5.1.1 5.2.1-3 5.3.1-2 5.4.1-3
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4
7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
8.1.1-2 8.2.1-3 8.3.1 8.4.1
9.1.1-3 9.2.1-4
10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-3 12.2.1-2 12.3.1-4
13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7
16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
17.1.1 17.2.1-4 17.3.1-2
"""
"""The numbers of its requirements, without those of level 3 alone."""


def numbers() -> set[str]:
    found: set[str] = set()
    for part in STANDARD.split():
        section, _, span = part.rpartition(".")
        first, _, last = span.partition("-")
        found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def test_each_requirement_is_there_once() -> None:
    named = Counter(number for row in ROWS for number in row[0].split(", "))

    assert len(numbers()) == 253
    assert named == dict.fromkeys(numbers(), 1)


def test_each_is_met_or_says_why_not() -> None:
    assert {row[1] for row in ROWS} == {"met", "in part", "not met", "does not apply"}
    assert all(row[2].strip("| ") for row in ROWS)


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", TEXT)

    assert [path for path in named if not (ROOT / path).is_file()] == []
