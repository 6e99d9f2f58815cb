"""What is found in a text, and what the index has of it."""

import sqlite3
from contextlib import closing

import pytest

from storage.texts import GRAM, asked, indexed, searchable, values_in

PHONE = "+1 (415) 555-0132"
MASKED = "+1•••••••32", "••• (23 characters)"
INDEX = "CREATE VIRTUAL TABLE t USING fts5(x, content='', detail=none, tokenize='trigram case_sensitive 1')"


def found(words: str, *values: str, shown: tuple[str, ...] | None = None) -> bool:
    """As a search does: first by the index, then by the text, or by what is within reach of who sees it as `shown`."""
    wanted = asked(words)
    assert wanted is not None
    text = searchable(values)
    ways = wanted.grams()
    told = indexed(text, "call.ended")
    grams = {told[start : start + GRAM] for start in range(len(told) - GRAM + 1)}
    by_index = not ways or any(set(way) <= grams for way in ways)
    assert by_index or not wanted.is_in(text), "the index keeps back what is there"
    if shown is not None:
        text = wanted.within_reach(text, searchable(shown))
    return by_index and wanted.is_in(text)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("itiv", ["positive"]),
        ("ZOË", ["Zoe"]),
        ("zoe", ["ZOË"]),
        ("zoe", ["Zoe\u0308"]),
        ("straße", ["STRASSE 5"]),
        ("李", ["李明"]),
        ("明", ["李明"]),
        ("李明", ["客户李明来电"]),
        ("が", ["ながい"]),
        ("한국", ["대한국"]),
        ("👍", ["well done 👍🏽"]),
        ("👍🏽", ["well done 👍🏽"]),
        ("❤", ["with ❤️"]),
        ("❤️", ["with ❤"]),
        ("ｆｕｌｌ", ["full width"]),
        ("™", ["Acme TM"]),
        ("Привет", ["приветствие"]),
        ("true", ["true"]),
        ("42", ["1421"]),
        ("@", ["ada@example.com"]),
        ('"quoted" text', ['some "quoted" text']),
        ("b  a", ["a", "b"]),
        ("4155550132", [PHONE]),
        ("5550132", [PHONE]),
        ("415-555 0132", [PHONE]),
        ("+14155550132", ["14155550132"]),
        ("+1 415 555 01 32", ["call 1-415-555-0132 please"]),
        ("(415) 555 01", ["+14155550132"]),
        ("2025-09-09", ["2025-09-09T14:27:00Z"]),
        ("a\x00b", ["a b"]),
        ("é日", ["né日本"]),
    ],
)
def test_any_text_inside_is_found(words: str, values: list[str]) -> None:
    assert found(words, *values)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("zoe mia", ["zoe"]),
        ("ab", ["a", "b"]),
        ("4155550133", [PHONE]),
        ("5550132", ["555", "0132"]),
        ("日本", ["日", "本"]),
        ("abcd", ["abc bcd"]),
    ],
)
def test_and_nothing_else(words: str, values: list[str]) -> None:
    assert not found(words, *values)


@pytest.mark.parametrize(
    "words", ["+14155", "1415555013", "555013", "4155550132", "415555", "mari", "aria", "lop", "-"]
)
def test_no_part_of_what_is_not_shown_is_found(words: str) -> None:
    assert not found(words, "+14155550132", PHONE, "maria.lopez@example.com", "Mar-ia-n -", shown=MASKED)


@pytest.mark.parametrize(
    "words", ["Maria", "lopez", "0132", "Elm Street", "elm", "maria.lopez@example.com 0132", "12345", "李"]
)
def test_nor_is_a_word_or_a_short_value(words: str) -> None:
    assert not found(words, PHONE, "maria.lopez@example.com", "I live in Elm Street", "12345", "李", shown=MASKED)


WHOLE = ["+14155550132", "14155550132", PHONE, "maria.lopez@example.com", "I live in Elm Street", "lima +14155550132"]


@pytest.mark.parametrize("words", WHOLE)
def test_a_whole_value_is_found_by_those_who_have_it(words: str) -> None:
    values = "+14155550132", "maria.lopez@example.com", "I live in Elm Street", "Lima"

    assert found(words, *values, shown=(*MASKED, "Lima"))


def test_what_is_shown_is_found_in_any_part() -> None:
    assert found("osit", "positive", PHONE, shown=("positive", *MASKED))
    assert found("example.com", "maria@example.com", shown=("m•••@example.com",))


@pytest.mark.parametrize("words", ["", "  ", "\x00", "\ud800"])
def test_nothing_is_asked_for(words: str) -> None:
    assert asked(words) is None


def test_every_value_of_a_document() -> None:
    document = {"a": [1, {"b": None}], "c": {"d": True, "e": 1.5}, "f": "x", "g": False}

    assert sorted(values_in(document)) == ["1", "1.5", "false", "null", "true", "x"]
    assert sorted(values_in(document, names=True)) == sorted([*values_in(document), *"abcdefg"])


@pytest.mark.parametrize("text", ["李明 😀", "a\x00b", "plain", "\ud83d lone", "ÀÉ ß İ ﷺ ™"])
def test_the_index_reads_what_is_asked_of_it(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(x, content='', detail=none, tokenize='trigram case_sensitive 1')"
        )
        connection.execute("INSERT INTO t (rowid, x) VALUES (1, ?)", (indexed(searchable([text]), "call.ended"),))
        for word in text.split():
            wanted = asked(word)
            for way in wanted.grams() if wanted else ():
                match = " AND ".join(f'"{gram}"' for gram in way)
                assert connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (match,)).fetchall() == [(1,)], word


@pytest.mark.parametrize("part", ["(555) 123", "+1 555", "555.123", "123-45"])
@pytest.mark.parametrize("number", ["+1 (555) 123-4567", "15551234567", "1.555.123.4567"])
def test_a_part_of_a_number_is_found_however_either_is_written(part: str, number: str) -> None:
    assert found(part, number)
    assert not found(part, number, shown=("1•••••••67",))
    assert not found(part, "+49 30 901820")
