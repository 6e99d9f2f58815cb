"""Filters: rows of attribute, operator, value, against tables and a small reference of their own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.values import MISSING
from engine.model import FilterRow, Filters, Match, Operator
from engine.rules.filters import explain, matches, problems
from tests import examples

checked = examples.checked(500)

CALL = {
    "country": "US",
    "city": "Straße",
    "score": 80,
    "cost": 60.0,
    "duration": " 90 ",
    "is_new": True,
    "nothing": None,
    "empty": "",
    "blank": " \t\n",
    "no_tags": [],
    "no_lead": {},
    "zero": 0,
    "flags": [True],
    "is_old": False,
    "tags": ["Webinar", "q3", 7, "8", True, None],
    "lead": {"score": 80, "owner": {"name": "Ana"}, "gone": None},
    "due_at": "2025-09-12T16:00:00Z",
    "event": {"occurred_at": datetime(2025, 9, 9, tzinfo=UTC)},
}


def row(field: str, operator: str, value: Any = None, case_sensitive: bool = False) -> FilterRow:
    return FilterRow(field=field, operator=Operator(operator), value=value, case_sensitive=case_sensitive)


def holds(one: FilterRow, data: dict[str, Any] = CALL) -> bool:
    filters = Filters(rows=(one,))
    (result,) = explain(filters, data)

    assert result.holds is matches(filters, data)
    assert result.reason.endswith("holds" if result.holds else "does not hold")
    return result.holds


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (row("country", "is", "US"), True),
        (row("country", "is", "us"), True),
        (row("country", "is", "us", case_sensitive=True), False),
        (row("country", "is", "DE"), False),
        (row("country", "is", " US"), False),
        (row("city", "is", "STRASSE"), True),
        (row("country", "is_not", "us"), False),
        (row("country", "is_not", "us", case_sensitive=True), True),
        (row("country", "is_not", "DE"), True),
        (row("score", "is", 80), True),
        (row("score", "is", "80"), True),
        (row("score", "is", " 80.0 "), True),
        (row("score", "is", 80.0), True),
        (row("score", "is", "eighty"), False),
        (row("score", "is_not", "eighty"), False),
        (row("duration", "is", 90), True),
        (row("duration", "is", "90"), False),
        (row("is_new", "is", "true"), True),
        (row("is_new", "is", "True"), True),
        (row("is_new", "is", True), True),
        (row("is_new", "is", "false"), False),
        (row("is_new", "is_not", "false"), True),
        (row("is_new", "is", 1), False),
        (row("is_new", "is", "1"), False),
        (row("score", "is", True), False),
        (row("tags", "is", "q3"), False),
        (row("tags", "is_not", "q3"), False),
        (row("tags", "is_not", "Q3"), False),
        (row("tags", "is_not", "Q3", case_sensitive=True), True),
        (row("tags", "is_not", "vip"), True),
        (row("tags", "one_of", ["q3"]), False),
        (row("tags", "none_of", ["vip", "q3"]), False),
        (row("tags", "none_of", ["vip"]), True),
        (row("tags", "not_contains", "q3"), False),
        (row("tags", "not_contains", "Q3"), False),
        (row("tags", "not_contains", "vip"), True),
        (row("city", "not_contains", "RASS"), False),
        (row("city", "not_contains", "RASS", case_sensitive=True), True),
        (row("city", "not_contains", "weg"), True),
        (row("score", "not_contains", "8"), False),
        (row("score", "not_contains", "9"), True),
        (row("lead", "not_contains", "score"), False),
        (row("is_new", "not_contains", "x"), False),
        (row("nothing", "is_empty"), True),
        (row("empty", "is_empty"), True),
        (row("blank", "is_empty"), True),
        (row("no_tags", "is_empty"), True),
        (row("no_lead", "is_empty"), True),
        (row("gone", "is_empty"), False),
        (row("zero", "is_empty"), False),
        (row("is_old", "is_empty"), False),
        (row("tags", "is_empty"), False),
        (row("city", "is_empty"), False),
        (row("nothing", "is_not_empty"), False),
        (row("gone", "is_not_empty"), False),
        (row("blank", "is_not_empty"), False),
        (row("no_tags", "is_not_empty"), False),
        (row("zero", "is_not_empty"), True),
        (row("is_old", "is_not_empty"), True),
        (row("lead", "is_not_empty"), True),
        (row("empty", "is", ""), True),
        (row("empty", "exists"), True),
        (row("country", "one_of", ["de", "us"]), True),
        (row("country", "one_of", ["de", "fr"]), False),
        (row("country", "one_of", []), False),
        (row("country", "one_of", "US"), False),
        (row("score", "one_of", ["80"]), True),
        (row("country", "none_of", ["de", "fr"]), True),
        (row("country", "none_of", ["de", "us"]), False),
        (row("country", "none_of", ["us"], case_sensitive=True), True),
        (row("city", "contains", "RASS"), True),
        (row("city", "contains", "RASS", case_sensitive=True), False),
        (row("city", "starts_with", "stra"), True),
        (row("city", "ends_with", "SSE"), True),
        (row("city", "starts_with", "ße"), False),
        (row("score", "contains", "8"), True),
        (row("score", "starts_with", 8), True),
        (row("cost", "ends_with", "60"), True),
        (row("is_new", "contains", "tr"), False),
        (row("city", "contains", True), False),
        (row("city", "contains", None), False),
        (row("lead", "contains", "score"), False),
        (row("tags", "contains", "webinar"), True),
        (row("tags", "contains", "webinar", case_sensitive=True), False),
        (row("tags", "contains", "Web"), False),
        (row("tags", "contains", "7"), True),
        (row("tags", "contains", 8), True),
        (row("tags", "contains", "true"), True),
        (row("tags", "starts_with", "Web"), False),
        (row("score", "gt", 79), True),
        (row("score", "gt", "79"), True),
        (row("score", "gt", 80), False),
        (row("score", "gte", "80"), True),
        (row("score", "lt", "80.5"), True),
        (row("score", "lte", 79), False),
        (row("duration", "gt", "100"), False),
        (row("duration", "gt", 60), True),
        (row("score", "gt", "abc"), False),
        (row("score", "lt", "abc"), False),
        (row("country", "gt", 5), False),
        (row("country", "lt", "ut"), False),
        (row("country", "lt", "ut", case_sensitive=True), False),
        (row("country", "gt", "ab"), False),
        (row("due_at", "gte", "2025-09-12T00:00:00Z"), True),
        (row("due_at", "lt", "2025-09-12T00:00:00Z"), False),
        (row("due_at", "lt", "2025-09-12T17:30:00+01:00"), True),
        (row("due_at", "is", "2025-09-12T18:00:00+02:00"), True),
        (row("due_at", "is_not", "2025-09-12T18:00+0200"), False),
        (row("due_at", "is", "2025-09-12T16:00:00"), False),
        (row("due_at", "is_not", "2025-09-12T16:00:00"), False),
        (row("due_at", "gt", "2025-09-12"), False),
        (row("event.occurred_at", "lt", "2025-09-12T00:00:00Z"), True),
        (row("is_new", "gt", 0), False),
        (row("tags", "lte", 5), False),
        (row("lead.score", "gte", 80), True),
        (row("lead.owner.name", "is", "ana"), True),
        (row("lead.owner", "exists"), True),
        (row("lead.gone", "exists"), False),
        (row("lead.gone", "not_exists"), True),
        (row("lead.none.deeper", "not_exists"), True),
        (row("country.name", "not_exists"), True),
        (row("country", "not_exists"), False),
        (row("tags.0", "exists"), False),
    ],
)
def test_a_row(one: FilterRow, expected: bool) -> None:
    assert holds(one) is expected


@pytest.mark.parametrize(
    "field", ["missing", "nothing", "lead.missing", "missing.deeper", "country.x", "", ".", "a..b"]
)
@pytest.mark.parametrize("operator", list(Operator))
def test_on_a_missing_attribute_only_not_exists_holds(field: str, operator: Operator) -> None:
    holding = {Operator.NOT_EXISTS, Operator.IS_EMPTY} if field == "nothing" else {Operator.NOT_EXISTS}
    for value in (None, "x", ["x"], 5, "", [None]):
        assert holds(row(field, operator, value)) is (operator in holding)


def test_without_rows_the_filters_hold() -> None:
    for match in Match:
        assert matches(Filters(match=match), {}) is True


@pytest.mark.parametrize(("match", "expected"), [(Match.ALL, (True, False, False)), (Match.ANY, (True, True, False))])
def test_all_or_any(match: Match, expected: tuple[bool, ...]) -> None:
    yes, no = row("country", "is", "US"), row("country", "is", "DE")
    combinations = ((yes, yes), (yes, no), (no, no))

    assert expected == tuple(matches(Filters(match=match, rows=rows), CALL) for rows in combinations)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (row("country", "is", "us"), '`country` is "US", so `is "us"` holds'),
        (row("score", "gt", 90), "`score` is 80, so `greater than 90` does not hold"),
        (row("country", "one_of", ["DE"]), '`country` is "US", so `is one of ["DE"]` does not hold'),
        (row("missing", "exists"), "no field `missing` in this event, so `exists` does not hold"),
        (row("nothing", "not_exists"), "`nothing` is null, so `does not exist` holds"),
        (row("nothing", "is_empty"), "`nothing` is null, so `is empty` holds"),
        (row("nothing", "is_not", "x"), '`nothing` is null, so `is not "x"` does not hold'),
        (
            row("country", "gt", "6"),
            '`country` is the text "US", which has no order against the text "6", so `greater than "6"` does not hold',
        ),
        (
            row("country", "gt", 60),
            '`country` is the text "US", which is no number, so `greater than 60` does not hold',
        ),
        (
            row("score", "is_not", "eighty"),
            '`score` is the number 80, and the text "eighty" is no number, so `is not "eighty"` does not hold',
        ),
        (
            row("tags", "is_not", "q3"),
            '`tags` is a list, which does not compare with the text "q3", so `is not "q3"` does not hold',
        ),
        (
            row("tags", "none_of", ["q3"]),
            (
                '`tags` is a list, which does not compare with the text "q3", an entry of the list, '
                'so `is none of ["q3"]` does not hold'
            ),
        ),
        (
            row("tags", "none_of", ["Q3"]),
            (
                '`tags` is a list, which contains the text "Q3" in another case among its entries, '
                'so `is none of ["Q3"]` does not hold'
            ),
        ),
        (
            row("is_new", "is_not", "yes"),
            '`is_new` is true, which does not compare with the text "yes", so `is not "yes"` does not hold',
        ),
        (
            row("lead", "not_contains", 5),
            "`lead` is an object, which has no text to look for the number 5 in, so `does not contain 5` does not hold",
        ),
        (
            row("flags", "not_contains", "yes"),
            (
                '`flags` is a list, and the text "yes" does not compare with true, an entry of the list, '
                'so `does not contain "yes"` does not hold'
            ),
        ),
    ],
)
def test_the_reason_is_one_plain_sentence(one: FilterRow, reason: str) -> None:
    (result,) = explain(Filters(rows=(one,)), CALL)

    assert reason == result.reason


def test_an_explanation_is_json() -> None:
    found, missing = explain(Filters(rows=(row("score", "gt", 90), row("x", "is", "y"))), CALL)

    assert missing.found is MISSING
    assert missing.to_json()["found"] is None
    assert found.to_json() == {
        "field": "score",
        "operator": "gt",
        "value": 90,
        "case_sensitive": False,
        "found": "80",
        "holds": False,
        "reason": "`score` is 80, so `greater than 90` does not hold",
    }


def test_a_list_too_long_to_search_contains_nothing() -> None:
    assert holds(row("many", "contains", "x"), {"many": ["x"] * 10_000})
    assert not holds(row("many", "contains", "x"), {"many": ["x"] * 10_001})


# What can be saved


@pytest.mark.parametrize(
    ("one", "place"),
    [
        (row("country", "is", "US"), None),
        (row("country", "is", 0), None),
        (row("country", "is", False), None),
        (row("lead.first name", "contains", "x"), None),
        (row("lead-id", "exists"), None),
        (row("country", "not_exists", ["anything"]), None),
        (row("country", "one_of", ["a", 1, True]), None),
        (row("country", "none_of", ["a"] * 100), None),
        (row("score", "gt", "80"), None),
        (row("score", "gt", -0.5), None),
        (row("due_at", "lt", "2025-09-12T00:00:00Z"), None),
        (row("", "exists"), "field"),
        (row("  ", "exists"), "field"),
        (row("a..b", "exists"), "field"),
        (row(".a", "exists"), "field"),
        (row("a.", "exists"), "field"),
        (row("a .b", "exists"), "field"),
        (row("a\nb", "exists"), "field"),
        (row("a" * 201, "exists"), "field"),
        (row("a" * 200, "exists"), None),
        (row("country", "is"), "value"),
        (row("country", "is", ""), "value"),
        (row("country", "is", ["US"]), "value"),
        (row("country", "contains", {"a": 1}), "value"),
        (row("country", "is", float("nan")), "value"),
        (row("country", "one_of", "US"), "value"),
        (row("country", "one_of", []), "value"),
        (row("country", "one_of", None), "value"),
        (row("country", "one_of", ["a"] * 101), "value"),
        (row("country", "one_of", [["a"]]), "value"),
        (row("country", "none_of", [None]), "value"),
        (row("score", "gt", True), "value"),
        (row("score", "gt", " "), "value"),
        (row("score", "gt", "1,200"), "value"),
        (row("score", "gt", "70 s"), "value"),
        (row("due_at", "gt", "2025-09-12"), None),
        (row("tags", "not_contains", ""), "value"),
        (row("tags", "is_empty"), None),
        (row("tags", "is_not_empty", "anything"), None),
        (row('data["a..b"]', "exists"), None),
        (row("data.event", "exists"), None),
        (row('data[" a"]', "exists"), None),
        (row("score", "gt", [1]), "value"),
        (row("score", "lte", float("inf")), "value"),
    ],
)
def test_problems(one: FilterRow, place: str | None) -> None:
    found = problems(Filters(rows=(row("ok", "exists"), one)))

    assert list(found) == ([] if place is None else [f"rows[1].{place}"])
    assert all(message.endswith((".", "lead.score.")) for message in found.values())


def test_every_problem_of_a_row_is_told() -> None:
    assert problems(Filters(rows=(row("", "is"),))) == {
        "rows[0].field": "Choose a field.",
        "rows[0].value": "Enter a value to compare with.",
    }


def test_too_many_rows() -> None:
    one = row("a", "exists")

    assert problems(Filters(rows=(one,) * 50)) == {}
    assert problems(Filters(rows=(one,) * 51)) == {"rows": "At most 50 rows; these are 51."}


# What holds of every row

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-3, 3),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["1", " 2.0", "-1e0", "TRUE", "false", "ß", "SS", "a", "A"]),
    st.just(10**4000),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)
data = st.dictionaries(st.sampled_from("ab"), values, max_size=2)
rows = st.builds(
    FilterRow,
    field=st.sampled_from(["a", "b", "a.b", "b.a.b", "", "c"]),
    operator=st.sampled_from(list(Operator)),
    value=values | st.lists(scalars, max_size=3),
    case_sensitive=st.booleans(),
)


@checked
@given(st.builds(Filters, match=st.sampled_from(list(Match)), rows=st.lists(rows, max_size=4).map(tuple)), data)
def test_never_raises_and_agrees_with_its_explanation(filters: Filters, names: dict[str, Any]) -> None:
    results = explain(filters, names)
    combined = all if filters.match is Match.ALL else any

    assert matches(filters, names) is (not results or combined(result.holds for result in results))
    assert tuple(result.row for result in results) == filters.rows
    for result in results:
        result.to_json()
        if result.found is MISSING:
            assert result.holds is (result.row.operator is Operator.NOT_EXISTS)
        if result.found is None:
            assert result.holds is (result.row.operator in {Operator.NOT_EXISTS, Operator.IS_EMPTY})
    problems(filters)


simple = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 2.0]),
    st.sampled_from(["1", "2.0", "a", "A", "true", "ab"]),
)


@checked
@given(simple, simple, st.booleans())
def test_against_a_reference(found: Any, value: Any, exact: bool) -> None:
    for operator, expected in reference(found, value, exact).items():
        asked = [value] if operator in ("one_of", "none_of") else value

        assert holds(row("a", operator, asked, exact), {"a": found}) is expected, operator


def reference(found: Any, value: Any, exact: bool) -> dict[str, bool]:
    same = reference_same(found, value, exact)
    order = reference_order(found, value)
    text, part = written(found, exact), written(value, exact)
    readable = text is not None and part is not None
    text, part = text or "", part or ""
    return {
        "is": same is True,
        "is_not": same is False,
        "one_of": same is True,
        "none_of": same is False,
        "contains": readable and part in text,
        "not_contains": readable and part not in text,
        "starts_with": readable and text[: len(part)] == part,
        "ends_with": readable and text[len(text) - len(part) :] == part and len(part) <= len(text),
        "gt": order == 1,
        "gte": order in (0, 1),
        "lt": order == -1,
        "lte": order in (0, -1),
        "exists": True,
        "not_exists": False,
        "is_empty": False,
        "is_not_empty": True,
    }


def reference_same(found: Any, value: Any, exact: bool) -> bool | None:
    """None where nobody can say."""
    if isinstance(found, bool) or isinstance(value, bool):
        one, other = str(found).lower(), str(value).lower()
        return one == other if {one, other} <= {"true", "false"} else None
    if isinstance(found, str) and isinstance(value, str):
        one, other = (found, value) if exact else (found.lower(), value.lower())
        return None if {one, other} == {"true", "1"} else one == other
    one, other = number(found), number(value)
    return None if one is None or other is None else one == other


def reference_order(found: Any, value: Any) -> int | None:
    one, other = number(found), number(value)
    return None if one is None or other is None else (one > other) - (one < other)


def number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def written(value: Any, exact: bool) -> str | None:
    if isinstance(value, bool):
        return None
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if exact else text.lower()
