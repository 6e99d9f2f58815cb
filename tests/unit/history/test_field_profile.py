"""Fields as they really come, and what a hook asks for that traffic never had."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.condition import compile_condition
from engine.history.field_profile import (
    DEEPEST,
    FEW,
    LONGEST_VALUE,
    MOST_FIELDS,
    MOST_VALUES,
    FieldProfile,
    Profile,
    doubts,
    profile_of,
)
from engine.model import FilterRow, Filters, Json, Operator
from tests.unit.samples import definition

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
DATA = st.dictionaries(st.sampled_from("abc"), SCALARS | st.dictionaries(st.sampled_from("ab"), SCALARS), max_size=3)

CALLS: list[Mapping[str, Json]] = [
    {
        "country": ("US", "CA")[number % 2],
        "score": number,
        "attempts": str(number % 3),
        "tags": ["warm"],
        "owner": {"name": "Ana"},
        "a": {"b": {"c": {"d": {"e": number}}}},
        "zip": number if number % 5 else str(number),
    }
    for number in range(30)
]


def field(path: str, *data: Mapping[str, Json]) -> FieldProfile:
    return profile_of("call.ended", data).fields[path]


def asked(condition: str = "", *rows: FilterRow, calls: list[Mapping[str, Json]] = CALLS) -> list[str]:
    """What is doubted of a hook, its data having another name for `country`."""
    hook = definition(condition=condition, filters=Filters(rows=rows))
    profile = profile_of("call.ended", calls)
    found = doubts(hook, compile_condition(condition), profile, "Call Ended", {"land": "country"})
    return [one.text for one in found]


def row(path: str, operator: Operator, value: Json = None) -> FilterRow:
    return FilterRow(field=path, operator=operator, value=value)


# What came


def test_a_profile_says_how_many_events_it_is_of() -> None:
    assert profile_of("call.ended", []) == Profile(type="call.ended", events=0, fields={})
    assert profile_of("call.ended", [{}, {"a": 1}]).events == 2


def test_a_field_is_told_with_its_types_its_values_and_how_often_it_came() -> None:
    found = field("country", {"country": "US"}, {"country": "US"}, {"country": "CA"}, {"country": None}, {})

    assert found == FieldProfile(
        path="country",
        seen=3,
        fill=0.6,
        types=(("text", 3), ("null", 1)),
        values=(("US", 2), ("CA", 1)),
        few=True,
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        (7, "number"),
        (7.5, "number"),
        ("7", "text"),
        ([7], "list"),
        ({"a": 7}, "object"),
    ],
)
def test_a_value_is_of_a_type_in_the_words_of_json(value: Json, kind: str) -> None:
    assert field("a", {"a": value}).types == ((kind, 1),)


@pytest.mark.parametrize("value", [None, [1, 2], {"b": 1}])
def test_lists_objects_and_null_are_no_values_to_choose(value: Json) -> None:
    assert field("a", {"a": value}).values == ()


def test_fields_of_objects_are_counted_by_their_path() -> None:
    assert set(profile_of("call.ended", [{"owner": {"name": "Ana", "team": {"id": 1}}}]).fields) == {
        "owner",
        "owner.name",
        "owner.team",
        "owner.team.id",
    }


def test_fields_that_lie_deeper_than_four_levels_are_not_counted() -> None:
    assert max(path.count(".") for path in profile_of("call.ended", CALLS).fields) + 1 == DEEPEST


def test_of_too_many_fields_the_first_are_counted_and_go_on_being_counted() -> None:
    many = {f"field_{number:03}": 1 for number in range(MOST_FIELDS + 50)}
    profile = profile_of("call.ended", [many, many])

    assert len(profile.fields) == MOST_FIELDS
    assert {found.seen for found in profile.fields.values()} == {2}


@pytest.mark.parametrize(("count", "few"), [(FEW, True), (FEW + 1, False), (MOST_VALUES + 1, False)])
def test_a_field_with_up_to_twenty_values_has_few(count: int, few: bool) -> None:
    found = field("a", *({"a": number} for number in range(count)))

    assert (found.few, len(found.values)) == (few, min(count, FEW))


@pytest.mark.parametrize(("length", "values"), [(LONGEST_VALUE, 1), (LONGEST_VALUE + 1, 0)])
def test_a_long_text_is_not_a_value_to_choose(length: int, values: int) -> None:
    found = field("a", {"a": "x" * length})

    assert (len(found.values), found.few) == (values, values == 1)


@given(st.lists(DATA))
def test_no_field_comes_more_often_than_events_do(data: list[dict[str, Json]]) -> None:
    profile = profile_of("call.ended", data)

    assert set(profile.fields) == {
        path
        for one in data
        for name, value in one.items()
        for path in (name, *(f"{name}.{inner}" for inner in (value if isinstance(value, dict) else ())))
    }
    for found in profile.fields.values():
        assert 0 <= found.fill <= 1
        assert found.seen <= sum(count for _, count in found.types) <= len(data)
        assert sum(count for _, count in found.values) <= found.seen


# What is doubted


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("", []),
        ('score > 5 and country == "US" and owner.name == "Ana"', []),
        ("scores > 5", ["`scores` was never seen in 30 Call Ended events; did you mean `score`?"]),
        ("qqqq > 5", ["`qqqq` was never seen in 30 Call Ended events."]),
        ("owner.nam == 5", ["`owner.nam` was never seen in 30 Call Ended events; did you mean `owner.name`?"]),
        ('country == "DE"', ["`country` has been CA, US; never `DE`."]),
        ('country == "us"', []),
        ('land == "US"', []),
        ('land == "DE"', ["`country` has been CA, US; never `DE`."]),
        ("attempts == 2", []),
        ("attempts == 7", ["`attempts` has been 0, 1, 2; never `7`."]),
        ("country == null", []),
        ("score == 999", []),
        ('tags[0].name == "cold"', []),
        ("a.b.c.d.e.f > 5", []),
        ("zip == 5", ["`zip` changes its type in traffic: number (24) and text (6)."]),
        (
            'qqqq > 5 and country in ["DE", "US", "FR"]',
            [
                "`qqqq` was never seen in 30 Call Ended events.",
                "`country` has been CA, US; never `DE`.",
                "`country` has been CA, US; never `FR`.",
            ],
        ),
    ],
)
def test_a_condition_is_doubted_where_traffic_never_had_what_it_asks_for(condition: str, told: list[str]) -> None:
    assert asked(condition) == told


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (row("country", Operator.IS, "DE"), ["`country` has been CA, US; never `DE`."]),
        (row("country", Operator.NONE_OF, ["us", "DE"]), ["`country` has been CA, US; never `DE`."]),
        (row("land", Operator.IS_NOT, "us"), []),
        (row("country", Operator.STARTS_WITH, "D"), []),
        (row("counry", Operator.EXISTS), ["`counry` was never seen in 30 Call Ended events; did you mean `country`?"]),
    ],
)
def test_a_filter_is_doubted_as_a_condition_is(one: FilterRow, told: list[str]) -> None:
    assert asked("", one) == told


def test_the_same_doubt_is_told_once() -> None:
    told = asked('country == "DE"', row("country", Operator.IS, "DE"))

    assert told == ["`country` has been CA, US; never `DE`."]


def test_of_few_events_nothing_is_doubted() -> None:
    assert asked('scores > 5 or country == "DE"', calls=CALLS[:19]) == []


def test_a_field_that_came_seldom_has_no_value_that_it_never_had() -> None:
    calls = [*CALLS, *({"rating": "good"} for _ in range(19))]

    assert asked('rating == "bad"', calls=calls) == []
    assert asked('rating == "bad"', calls=[*calls, {"rating": "good"}]) == ["`rating` has been good; never `bad`."]


def test_a_name_that_is_reached_in_brackets_alone_is_told_how() -> None:
    calls: list[Mapping[str, Json]] = [{"call-length": 5, "lead.score": 7, "lead_id": "a"}] * 30
    meant = 'was never seen in 30 Call Ended events; did you mean `data["{}"]`?'

    assert asked("call-length > 1", calls=calls)[0] == f"`call` {meant.format('call-length')}"
    assert asked("lead.score > 1", calls=calls) == [f"`lead.score` {meant.format('lead.score')}"]
    assert asked('data["lead.score"] > 1', calls=calls) == []
