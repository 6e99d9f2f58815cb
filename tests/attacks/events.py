"""Events and conditions made to cost as much as they can; each is one that is accepted."""

from collections.abc import Iterator
from typing import Final

import orjson

from engine.model import FilterRow, Filters, Json, Match, Operator

SIZE: Final = 250_000
MARKS: Final = "\u0301\u0323"
TEXTS: Final = {
    "blanks": "x" + " " * 40_000 + "y",
    "letters": "a" * SIZE,
    "capitals": "A" * SIZE,
    "digits": "1" * SIZE,
    "marks": "a" + MARKS * (SIZE // 2),
    "short runs of marks": ("a" + MARKS * 5) * (SIZE // 11),
    "letters that grow": "\u0390" * 120_000,
    "sharp s": "ß" * 120_000,
    "ideographs": "漢" * 120_000,
    "jamo": "\u1100\u1161\u11a8" * 40_000,
    "at signs": "a@" * 60_000,
    "quotes": ' "\\' * 60_000,
}
LISTS: Final[dict[str, Json]] = {
    "lists of lists": [[[index], [index]] for index in range(9_000)],
    "texts": [f"{'x' * 20}{index}" for index in range(9_999)],
    "times": [f"2025-09-09T14:27:{index % 60:02}Z" for index in range(9_999)],
    "numbers as text": [str(index) for index in range(9_999)],
    "objects": [{"a": index, "b": [index]} for index in range(9_000)],
    "accents": [f"é{index}" * 5 for index in range(9_000)],
}
CONDITIONS: Final = (
    " or ".join(["a in b"] * 40),
    " or ".join(["a == b"] * 40),
    " or ".join(["lower(a) == 'x'"] * 30),
    " or ".join(["upper(a) == trim(b)"] * 18),
    " or ".join(["contains(a, b)"] * 30),
    " or ".join(["starts_with(lower(a), 'y')"] * 20),
    "a in c and b in c and c in a",
    " or ".join(f"contains(a, '{'a' * length}b')" for length in range(1, 20)),
    "[a, a, a, a] == [b, b, b, c]",
)
_CHOICES: Final[Json] = [f"{'a' * 50}{index}" for index in range(100)]
FILTERS: Final = (
    Filters(rows=tuple(FilterRow(field="a", operator=Operator.ONE_OF, value=_CHOICES) for _ in range(20))),
    Filters(
        rows=tuple(FilterRow(field="a", operator=Operator.CONTAINS, value=f"aab{index}") for index in range(50)),
        match=Match.ANY,
    ),
    Filters(rows=(FilterRow(field="b", operator=Operator.NONE_OF, value=_CHOICES),)),
)


def hostile_data() -> Iterator[tuple[str, dict[str, Json]]]:
    for name, text in TEXTS.items():
        yield name, {"a": text, "b": text[:-1] + "b", "c": [text[:5_000], text[:5_000] + "c"] * 20}
    for name, one in LISTS.items():
        assert isinstance(one, list)
        yield name, {"a": one, "b": [*one[1:], None], "c": [one[:100], one[:100]] * 20}
    yield "many fields", {f"k{index}": 0 for index in range(150_000)}
    yield "two objects", {"a": {f"k{i}": 0 for i in range(40_000)}, "b": {f"é{i}": 0 for i in range(40_000)}}


def hostile_bodies() -> Iterator[tuple[str, bytes]]:
    for name, data in hostile_data():
        yield name, orjson.dumps({"type": "call.ended", "data": data})
    deep = orjson.loads(b'{"a":' + b"[" * 28 + b"]" * 28 + b"}")
    yield "an array of deep events", orjson.dumps([{"type": "call.ended", "data": deep}] * 1_000)
    yield "containers", orjson.dumps({"type": "call.ended", "data": {"a": [[]] * 99_000}})
    yield "values", orjson.dumps({"type": "call.ended", "data": {"a": [0] * 590_000}})
    yield "4 MiB of text", orjson.dumps({"type": "call.ended", "data": {"a": "a" * 4_190_000}})
