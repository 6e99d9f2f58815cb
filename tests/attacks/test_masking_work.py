"""What a User looks at is masked in a time that does not depend on what the sender made of it."""

import time

import pytest

from engine.model import Json
from engine.privacy.masking import MOST_CHARACTERS, Veil, masked_loosely
from engine.privacy.numbers import Numbers

SIZE = 262_144
FIELDS = frozenset({"transcript", "phone_number", "email"})
LONG = {
    "blanks between": "x" + " " * 40_000 + "y",
    "blanks and quotes": ' "' * 60_000,
    "backslashes": "\\" * 100_000,
    "letters": "a" * SIZE,
    "at signs": "a@" * 60_000,
    "digits": "1" * SIZE,
    "digits apart": "1 " * 100_000,
    "dots": "a@b" + ".c" * 60_000,
    "ellipses": "abc…" * 60_000,
}


def seconds(work: object) -> float:
    assert callable(work)
    began = time.thread_time()
    work()
    return time.thread_time() - began


@pytest.mark.parametrize("name", LONG)
def test_a_hostile_field_is_masked_at_once(name: str) -> None:
    data: dict[str, Json] = {"transcript": LONG[name], "notes": LONG[name], "phone_number": "1" * 20}

    assert seconds(lambda: Veil(data, FIELDS).data) < 0.4


@pytest.mark.parametrize("name", LONG)
def test_text_without_its_event_is_masked_at_once(name: str) -> None:
    assert seconds(lambda: masked_loosely(LONG[name])) < 0.1


def test_five_hundred_numbers_take_no_longer_than_one() -> None:
    numbers = Numbers({f"1555{number:07}": "masked" for number in range(500)})

    assert seconds(lambda: numbers.replaced("1555000 " * 30_000)) < 0.4


def test_what_is_too_long_to_search_is_masked_as_a_whole() -> None:
    data: dict[str, Json] = {"phone_number": "+15550001234", "notes": ["call +1 555 000 1234 " + "z" * 300_000] * 4}
    notes = Veil(data, FIELDS).data["notes"]

    assert isinstance(notes, list) and len(data["notes"]) * 300_000 > MOST_CHARACTERS  # type: ignore[arg-type]
    assert all("1234" not in str(note) for note in notes)
    assert str(notes[-1]).startswith("••• (")


def test_dots_of_the_senders_own_do_not_unmask() -> None:
    data: dict[str, Json] = {"transcript": "my number is 555 000 1234 •••"}

    assert "1234" not in str(Veil(data, FIELDS).data)
