"""JSON is read exactly, or refused with its place."""

from typing import Any

import pytest

from engine.events.json_text import InvalidJson, nul_place, read_foreign_json, read_json
from engine.model import Response, Success
from engine.rules.success import answer_names, judged

BIG = 2**53 + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"[18446744073709551615, -9223372036854775808]", [2**64 - 1, -(2**63)]),
        (b'{"id": "100000000000000000001"}', {"id": "100000000000000000001"}),
        (b'["see 100000000000000000001"]', ["see 100000000000000000001"]),
        (b"[0.10000000000000000001, 1e20, 1.5E3]", [0.1, 1e20, 1500.0]),
        (b"[9007199254740993.0, 12345678901234567890.0]", [2**53 + 1, 12345678901234567890]),
        (b"[9.007199254740993e15, 900719925474099.3E+1, -9007199254740993000e-3]", [BIG, BIG, -BIG]),
        (b"[9007199254740993.5, 1234567890.5, 0.12345678901234567]", [2.0**53 + 2, 1234567890.5, 0.12345678901234567]),
        (b"[1e30, 1.000000000e30, 2384185791015625000.0]", [1e30, 1e30, 2384185791015625000.0]),
        (b'{"a": 1, "b": 2, "a": 3}', {"a": 3, "b": 2}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
    ],
)
def test_what_is_kept(text: bytes, value: Any) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"100000000000000000001", ""),
        (b'{"data": {"order": {"id": 18446744073709551616}}}', "data.order.id"),
        (b'{"data": {"id": 123456789012345678901.0}}', "data.id"),
        (b'{"data": {"id": 1234567890123456789012.3e1}}', "data.id"),
        (b'[{"a": 1}, {"a": [1, -9223372036854775809]}]', "[1].a[1]"),
        (b'{"a": 10000000000000000000000, "a": 20000000000000000000000}', "a"),
        (b'{"ok": 1234567890123456789, "data":{"n":' + b"9" * 300 + b"}}", "data.n"),
    ],
)
def test_a_number_that_would_lose_digits_is_named(text: bytes, place: str) -> None:
    with pytest.raises(InvalidJson, match="beyond 64 bits") as refusal:
        read_json(text)

    assert refusal.value.place == place
    assert len(refusal.value.message) < 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": NaN}', "JSON has no NaN (at line 1, column 7); send null instead."),
        (b'{"a": -Infinity}', "JSON has no Infinity"),
        (b'{"a": 1e400}', "at line 1, column 7: number is infinity"),
        (b'{\n"a": "\\ud800"}', "at line 2, column "),
        (b'{"a": "\xff"}', "not valid UTF-8"),
        (b"[1, 100000000000000000001", "at line 1, column "),
        (b"[100000000000000000001, " + b"[" * 1_000 + b"]" * 1_000 + b"]", "Nested too deeply."),
    ],
)
def test_what_is_no_json_is_told_by_line_and_column(text: bytes, words: str) -> None:
    with pytest.raises(InvalidJson) as refusal:
        read_json(text)

    assert words in refusal.value.message


def test_of_what_a_receiver_answers_a_long_number_becomes_text() -> None:
    body = '{"ok": true, "id": 100000000000000000001}'
    answer = Response(status=200, headers={}, body=body, truncated=False)

    assert read_foreign_json(body.encode()) == {"ok": True, "id": "100000000000000000001"}
    assert answer_names(answer)["json"]["id"] == "100000000000000000001"
    assert judged(Success(check='json.ok and json.id == "100000000000000000001"'), answer) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"a": "b"}', None),
        (b'{"a": "\\\\u0000"}', None),
        (b'{"a": 1, "b": [{"c": "x"}, {"c": "x\\u0000y"}], "d": "\\u0000"}', "b[1].c"),
        (b'{"a": {"b\\u0000": 1}}', "a"),
        (b'{"\\u0000": 1}', ""),
        (b'"\\u0000"', ""),
    ],
)
def test_nul_is_found_with_its_place(text: bytes, place: str | None) -> None:
    assert nul_place(text, read_json(text)) == place
