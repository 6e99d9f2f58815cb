"""What a title may be."""

import pytest

from engine.model.text.names import name_problem, plain_name


@pytest.mark.parametrize("text", ["", "Leads", "Zoë's 李明", "👩‍👩‍👧 family", "مرحبا", "می‌خواهم", "-", "a\u0301", "1"])
def test_what_shows_is_a_title(text: str) -> None:
    assert name_problem(text, "title") is None


@pytest.mark.parametrize(
    "text",
    ["\u200b", "\u200b\u2060 \ufeff", "\u3164", "\u2800", "\u0301", "\ufe0f", "\u00ad", "\ue000", "\u00a0\u2003"],
)
def test_what_shows_as_nothing_is_none(text: str) -> None:
    assert name_problem(text, "title") == "This title has nothing that shows. Write at least one letter."


@pytest.mark.parametrize("mark", ["\0", "\n", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"])
def test_nor_what_controls(mark: str) -> None:
    assert name_problem(f"a{mark}b", "name") == "A name is one line of plain text; this has a control character."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ana", "Ana"),
        (" Ana\n\tLópez ", "Ana López"),
        ("a\u202egnp", "a gnp"),
        ("می‌خواهم", "می‌خواهم"),
        ("\u200b\0", ""),
        ("", ""),
    ],
)
def test_a_name_from_an_event_is_one_line_or_nothing(text: str, plain: str) -> None:
    assert plain_name(text) == plain
