"""How values compare, pair by pair: one rule for conditions and filters alike."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.comparing import caseless, composed, equal, has_order, member, within
from engine.expressions.condition import compile_condition
from engine.model import FilterRow, Filters, Operator
from engine.rules.filters import explain, matches
from tests import examples

checked = examples.checked(500)

NFC, NFD = "Zo\u00eb Stra\u00dfe", "Zoe\u0308 Stra\u00dfe"
ORDERS = ("gt", "gte", "lt", "lte")
NEGATIVE = ("is_not", "none_of", "not_contains")

UNORDERED: list[tuple[Any, Any]] = [
    ("n/a", "60"),
    ("no answer", "60"),
    ("", "60"),
    ("1,200", "60"),
    ("70 s", "60"),
    ("n/a", 60),
    ("1,200", 60),
    (None, 60),
    (True, 0),
    ([70], 60),
    ({"value": 70}, 60),
    ("b", "a"),
    ("2025-09-09", "2025-09-08T00:00:00Z"),
    ("2025-09-09T10:00:00", "2025-09-08T00:00:00Z"),
    ("2025-09-09T10:00:00Z", 60),
    ("09/10/2025", "09/09/2025"),
    ("2025-02-31", "2025-02-01"),
    ("2025-09-09T25:00:00Z", "2025-09-09T10:00:00Z"),
]


SAME_TIMES: list[tuple[Any, Any]] = [
    ("2025-09-10T00:00:00Z", "2025-09-09T24:00:00Z"),
    ("2025-09-09T24:00", "2025-09-10 00:00:00.000"),
    ("2025-09-10T00:00:00.5Z", "2025-09-10T00:00:00,5Z"),
    ("2025-09-09T10:00:00Z", "20250909T100000Z"),
    ("2025-09-09T10:00:00Z", "20250909T12+0200"),
    ("2025-09-09", "2025-W37-2"),
    ("2025-09-09T10:00:00.1234567Z", "2025-09-09T10:00:00.123456700Z"),
    ("2025-09-09T10:00:00Z", "Tue, 09 Sep 2025 10:00:00 GMT"),
    ("2025-09-09T10:00:00Z", "Tuesday, 09-Sep-25 10:00:00 GMT"),
    ("1994-11-06T08:49:37Z", "Sun, 6 Nov 94 03:49:37 EST"),
    ("2025-09-09T10:00:00", "Tue Sep  9 10:00:00 2025"),
    ("2025-09-09T10:00:00Z", "9 sep 2025 12:00 +0200 (CEST)"),
]


def row(operator: str, value: Any, *, exact: bool = True) -> FilterRow:
    return FilterRow(field="x", operator=Operator(operator), value=value, case_sensitive=exact)


def holds(operator: str, found: Any, value: Any, *, exact: bool = False) -> bool:
    return matches(Filters(rows=(row(operator, value, exact=exact),)), {"x": found})


def asked(sign: str, a: Any, b: Any) -> bool | None:
    return compile_condition(f"a {sign} b").evaluate({"a": a, "b": b})


@pytest.mark.parametrize(("found", "value"), UNORDERED)
def test_what_has_no_order_is_never_a_yes(found: Any, value: Any) -> None:
    assert not any(holds(operator, found, value) for operator in ORDERS)
    assert {asked(sign, found, value) for sign in (">", ">=", "<", "<=")} == {None}
    assert {asked(sign, value, found) for sign in (">", ">=", "<", "<=")} == {None}


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (9, 10),
        ("9", "10"),
        (" 9 ", 10.5),
        ("1e2", "101"),
        (2**64, 2**64 + 1),
        ("100000000000000000000", "100000000000000000001"),
        ("2025-09-09T12:00:00+02:00", "2025-09-09T10:30:00Z"),
        ("2025-09-09 12:00 +0200", "2025-09-09T10:30z"),
        ("2025-09-09T12:00:00+02", "2025-09-09T10:00:00.000001 UTC"),
        ("2025-12-31T23:59:59.5Z", "2025-12-31T23:59:60Z"),
        ("2025-09-09T12:00:00+02:00", datetime(2025, 9, 9, 10, 30, tzinfo=UTC)),
        ("2025-09-09T12:00", "2025-09-09 12:00:01"),
        ("2025-09-09", " 2025-09-10 "),
        ("9007199254740992", "9007199254740993.0"),
        (9007199254740992, "9007199254740993e0"),
        ("2025-09-09T10:00:00.123456788Z", "2025-09-09T10:00:00.123456789Z"),
        ("Tue, 09 Sep 2025 10:00:00 GMT", "20250909T100001Z"),
    ],
)
def test_numbers_instants_and_dates_have_an_order_however_they_are_spelled(less: Any, more: Any) -> None:
    assert holds("lt", less, more)
    assert holds("gt", more, less)
    assert not holds("gte", less, more)
    assert asked("<", less, more) is True
    assert asked(">=", less, more) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2025-09-09T12:00:00+02:00", "2025-09-09T10:00:00Z"),
        ("2025-09-09t10:00z", "2025-09-09 10:00:00.000 GMT"),
        ("2025-09-09T10:00:00Z", datetime(2025, 9, 9, 11, tzinfo=timezone(timedelta(hours=1)))),
        (NFC, NFD),
        (True, " TRUE "),
        ("False", False),
        (60, "60.0"),
        (9007199254740993, "9007199254740993.0"),
        (1e23, "1e23"),
        (10**23, 1e23),
        (2384185791015625000, "2384185791015625e3"),
        *SAME_TIMES,
        (["a", {"b": NFC}], ["a", {"b": NFD}]),
        ({NFC: 1}, {NFD: "1"}),
        ([1, [2, None]], ["1", ["2.0", None]]),
    ],
)
def test_the_same_value_spelled_otherwise_is_equal(one: Any, other: Any) -> None:
    for a, b in ((one, other), (other, one)):
        assert equal(a, b) is True
        assert asked("==", a, b) is True
        assert asked("!=", a, b) is False
        assert asked("in", a, [b]) is True
        assert holds("is", a, b, exact=True)
        assert not holds("is_not", a, b, exact=True)
        assert not holds("none_of", a, [b], exact=True)


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (1, True),
        (0, False),
        (0.0, False),
        ("1", True),
        ("yes", True),
        ("Y", True),
        ("no", False),
        ("off", True),
        ("maybe", True),
        ("", True),
        ("yes", "true"),
        ("0", "false"),
        ("n/a", 60),
        ("2025-09-09T10:00:00", "2025-09-09T10:00:00Z"),
        ("2025-09-09", "2025-09-09T00:00:00Z"),
        ({"tag": "vip"}, "vip"),
        ([{"tag": "vip"}], "vip"),
        ([["vip"]], "vip"),
        (["vip"], "vip"),
        (["1"], True),
    ],
)
def test_what_may_be_meant_is_denied_by_no_negative_operator(found: Any, value: Any) -> None:
    assert not holds("is", found, value)
    assert not holds("is_not", found, value)
    assert not holds("none_of", found, [value])
    assert not holds("one_of", found, [value])
    assert asked("!=", found, value) is None
    assert asked("not in", found, [value]) is None


def test_no_list_that_has_the_value_passes_a_negative_operator() -> None:
    tags = ["vip", "do_not_call"]

    assert not holds("none_of", tags, ["do_not_call"])
    assert not holds("is_not", ["do_not_call"], "do_not_call")
    assert not holds("not_contains", tags, "Do_Not_Call")
    assert not asked("not in", tags, ["do_not_call"])
    assert not asked("!=", tags, "do_not_call")
    assert holds("none_of", ["vip"], ["do_not_call"])
    assert holds("is_not", ["vip"], "do_not_call")
    assert holds("not_contains", ["vip"], "do_not_call")
    assert holds("none_of", [], ["do_not_call"])


def test_accents_are_the_same_in_every_text_operator() -> None:
    for text, part in ((NFC, NFD), (NFD, NFC)):
        assert holds("contains", text, part[:3] if part == NFC else part[:4])
        assert not holds("not_contains", text, part)
        assert holds("starts_with", text, part)
        assert holds("ends_with", text, part)
        assert holds("one_of", text, [part])
        assert asked("in", text, part) is True
        names = {"a": text, "b": part}
        for function in ("contains", "starts_with", "ends_with"):
            assert compile_condition(f"{function}(a, b)").evaluate(names) is True
    assert not holds("starts_with", NFD, "Zoe")


def test_a_key_is_found_however_its_accents_are_written() -> None:
    for written, read in (("caf\u00e9", "cafe\u0301"), ("cafe\u0301", "caf\u00e9")):
        data = {"caf\u00e9s": 0, written: {written: 1}}

        assert (
            compile_condition(f'{read}.{read} == 1 and x["{read}"] == 1').evaluate({**data, "x": {written: 1}}) is True
        )
        assert within(read, data) is True
        assert matches(Filters(rows=(FilterRow(field=f"{read}.{read}", operator=Operator.IS, value=1),)), data)


def test_whole_numbers_beyond_64_bits_are_compared_and_shown_digit_by_digit() -> None:
    large = 100_000_000_000_000_000_001
    condition = compile_condition(f"x == {large}")

    assert condition.evaluate({"x": large}) is True
    assert condition.evaluate({"x": str(large)}) is True
    assert condition.evaluate({"x": large - 1}) is False
    assert condition.explain({"x": large}).to_json()["children"][0]["value"] == str(large)
    assert holds("is", large, str(large))
    assert not holds("is", large, large - 1)


def test_a_search_that_would_be_long_is_unknown() -> None:
    assert member("x", ["y"] * 10_000 + ["x"]) is None
    assert member(["x"] * 400, ["y"] * 400) is None
    assert member(["x"] * 10, ["y"] * 400) is False


def test_what_nests_too_deeply_is_unknown() -> None:
    one: list[Any] = []
    other: list[Any] = []
    for _ in range(100_000):
        one, other = [one], [other]

    assert equal(one, other) is None
    assert member(one, [other]) is None


def test_an_accent_differs_from_its_letter_and_an_eszett_is_two() -> None:
    assert composed(NFD) == NFC
    assert caseless("STRASSE") == caseless("Straße")
    assert caseless("ZOE\u0308") == caseless("zo\u00eb")
    assert equal("e", "\u00e9") is False


def test_what_spells_a_number_or_a_moment_has_an_order() -> None:
    assert all(map(has_order, (1, "1", "2025-09-09", "2025-09-09T10:00", datetime(2025, 9, 9, tzinfo=UTC))))
    assert not any(map(has_order, (None, True, "", "a", [], {}, float("nan"), "12 h")))


@pytest.mark.parametrize("source", ["a == b", "a != b", "a in c", "a not in c", "b == a", "not (a == b)", "c != a"])
def test_whether_a_field_that_is_null_is_anything_is_unknown_and_named(source: str) -> None:
    condition = compile_condition(source)
    names = {"a": None, "b": "negative", "c": ["negative", "x"]}

    assert condition.evaluate(names) is None
    assert condition.explain(names).reason.startswith("`a` is null, which does not compare with ")


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("a == null", True),
        ("a != null", False),
        ("b == null", False),
        ("null != b", True),
        ("c != null", True),
        ("a == d", True),
        ("a != d", False),
        ("null in e", True),
        ("null not in e", False),
        ("null in c", False),
        ("null not in c", True),
        ("a in e", True),
        ("a not in [null]", False),
        ("a in f", False),
        ("c in [null]", False),
        ('"x" in e', True),
        ('"y" not in e', True),
        ("null in b", None),
        ("null not in b", None),
        ("b in null", None),
        ("null < a", None),
        ("null in a", None),
    ],
)
def test_a_written_null_asks_whether_there_is_a_value(source: str, answer: bool | None) -> None:
    names = {"a": None, "b": "negative", "c": ["x"], "d": None, "e": ["x", None], "f": []}

    assert compile_condition(source).evaluate(names) is answer


# One rule

words = st.sampled_from(
    ["a", "A", "ab", "", " ", "true", "True", "FALSE", "yes", "no", "1", "0", "60", " 60.0", "1,200", "n/a", NFC, NFD]
)
moments = st.sampled_from(
    ["2025-09-09", "2025-09-09T10:00", "2025-09-09T10:00:00Z", "2025-09-09T12:00:00+02:00", "2025-09-09T12:00+0300"]
)
scalars = words | moments | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 60.0, 2**70, float("nan")])
founds = scalars | st.lists(scalars | st.none() | st.lists(scalars, max_size=1), max_size=3)
SIGNS = {"is": "==", "is_not": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@checked
@given(founds | st.none(), scalars)
def test_a_filter_answers_as_the_condition_does(found: Any, value: Any) -> None:
    """A row that does not hold is a condition that is not true, unknown included. Filters take case exactly here."""
    for operator, sign in SIGNS.items():
        assert holds(operator, found, value, exact=True) is (asked(sign, found, value) is True), operator
    assert holds("one_of", found, [value], exact=True) is (asked("in", found, [value]) is True)
    assert holds("none_of", found, [value], exact=True) is (asked("not in", found, [value]) is True)
    if isinstance(found, list) or (isinstance(found, str) and isinstance(value, str)):
        assert holds("contains", found, value, exact=True) is (asked("in", value, found) is True)
        assert holds("not_contains", found, value, exact=True) is (asked("not in", value, found) is True)
    if isinstance(found, str) and isinstance(value, str):
        for operator in ("starts_with", "ends_with"):
            answer = compile_condition(f"{operator}(a, b)").evaluate({"a": found, "b": value})
            assert holds(operator, found, value, exact=True) is answer


@checked
@given(founds, scalars)
def test_a_filter_says_why_in_the_words_of_the_condition(found: Any, value: Any) -> None:
    for operator, sign in SIGNS.items():
        (result,) = explain(Filters(rows=(row(operator, value),)), {"x": found})
        told = compile_condition(f"x {sign} y").explain({"x": found, "y": value})
        if told.unknown:
            lack = told.unknown.rpartition(", which ")[2].removesuffix(f" by {sign}")
            assert f"{lack}, so `" in result.reason


@checked
@given(founds, scalars, st.booleans())
def test_an_operator_and_its_opposite_never_both_hold(found: Any, value: Any, exact: bool) -> None:
    for one, other in (("is", "is_not"), ("contains", "not_contains"), ("is_empty", "is_not_empty"), ("gt", "lte")):
        assert not (holds(one, found, value, exact=exact) and holds(other, found, value, exact=exact))


@checked
@given(founds, scalars)
def test_equality_is_the_same_both_ways(a: Any, b: Any) -> None:
    assert equal(a, b) is equal(b, a)
    assert equal(a, b, caseless) is equal(b, a, caseless)


@checked
@given(st.lists(scalars | st.none(), max_size=4), scalars)
def test_a_negative_operator_holds_only_where_no_entry_matches(found: list[Any], value: Any) -> None:
    if any(equal(one, value, caseless) is True for one in found):
        assert not any(holds(operator, found, [value] if operator == "none_of" else value) for operator in NEGATIVE)


@pytest.mark.parametrize(
    "text",
    ["2025-09-09T24:00:01Z", "09 Foo 2025 10:00 GMT", "09 Sep 2025 10:00 CET", "2025-09-09 1000", "9999-12-31T24:00Z"],
)
def test_what_spells_no_time_has_no_order(text: str) -> None:
    assert not has_order(text)


SPELLINGS = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%dT%H:%M:%S,000+00:00",
    "%Y%m%dT%H%M%SZ",
    "%G-W%V-%uT%H:%M:%SZ",
    "%a, %d %b %Y %H:%M:%S GMT",
    "%d %b %Y %H:%M:%S +0000",
)


@checked
@given(
    st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(-1, 1),
    st.sampled_from(SPELLINGS),
    st.sampled_from(SPELLINGS),
)
def test_times_compare_alike_in_every_spelling(at: datetime, seconds: int, one: str, other: str) -> None:
    a, b = at.strftime(one), (at + timedelta(seconds=seconds)).strftime(other)

    assert equal(a, b) is (seconds == 0)
    assert holds("is", a, b) is (asked("==", a, b) is True) is (seconds == 0)
    assert holds("is_not", a, b) is (asked("!=", a, b) is True) is (seconds != 0)
    assert holds("lt", a, b) is (asked("<", a, b) is True) is (seconds > 0)


@checked
@given(st.integers(-(10**25), 10**25))
def test_a_whole_number_is_itself_in_every_spelling(number: int) -> None:
    spellings = (f"{number}", f"{number}.0", f"{number}e0", f"{number}0E-1")

    assert all(asked("==", number, text) is (asked("!=", number, text) is False) for text in spellings)
    assert not any(holds("is_not", number, text) for text in spellings if len(text) <= 40)
    assert compile_condition(f"x == {number}.0").evaluate({"x": number}) is True
