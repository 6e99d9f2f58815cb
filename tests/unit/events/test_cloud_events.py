"""What CloudEvents have beside their data: headers as they are written, batches, and bounds for attributes."""

import pytest

from engine.events.bounds import Bounds
from engine.events.catalogue import load_catalogue
from engine.events.cloud_events import LONGEST_ATTRIBUTE, MOST_ATTRIBUTES, attributes_of, header_text
from engine.events.json_text import read_json
from engine.events.parsing import read_events


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("dialer", "dialer"),
        ('"dialer 7"', "dialer 7"),
        (r'"say \"hi\""', 'say "hi"'),
        ('"', '"'),
        ("Jos%C3%A9", "José"),
        ("José".encode().decode("latin-1"), "José"),
        ("\xfc-K1", "ü-K1"),
        ("/a/%FC", "/a/ü"),
        ("100%", "100%"),
    ],
)
def test_a_header_is_read_however_it_is_written(value: str, text: str) -> None:
    assert header_text(value) == text


@pytest.mark.parametrize("written", ["{}-K1", "/a/{}"])
@pytest.mark.parametrize("spelling", ["{}", "%{:02X}"])
def test_ids_that_differ_in_bytes_that_are_not_utf8_stay_different(written: str, spelling: str) -> None:
    values = [chr(byte) if spelling == "{}" else spelling.format(byte) for byte in range(0x80, 0x100)]

    assert len({header_text(written.format(value)) for value in values}) == 128


def test_a_batch_may_be_empty() -> None:
    headers = {"content-type": "application/cloudevents-batch+json"}

    assert read_events(b"[]", headers, load_catalogue(), Bounds(bytes=4_096, fields=100)) == ()


def test_attributes_are_bounded_in_number() -> None:
    problems: dict[str, str] = {}

    assert attributes_of({f"a{n}": n for n in range(MOST_ATTRIBUTES)}, problems)
    assert problems == {}
    assert attributes_of({f"a{n}": n for n in range(MOST_ATTRIBUTES + 1)}, problems) == {}
    assert list(problems) == ["attributes"]


@pytest.mark.parametrize("value", ["x" * (LONGEST_ATTRIBUTE + 1), "a\0b"])
def test_an_attribute_that_cannot_be_kept_is_named(value: str) -> None:
    problems: dict[str, str] = {}
    attributes_of({"source": value, "subject": "lead 1", "list": [1]}, problems)

    assert list(problems) == ["source"]


def test_a_number_that_is_too_long_does_no_harm_where_another_takes_its_place() -> None:
    assert read_json(b'{"a": 100000000000000000000, "a": 1}') == {"a": 1}
