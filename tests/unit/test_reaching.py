"""How fields are reached whose names are no plain names: in conditions, filters and templates."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.condition import ConditionError, UnknownName, check_names, compile_condition, names_for
from engine.expressions.reaching import OWN, Way, attribute, find, own_fields, spelled, spelled_path, way_of
from engine.expressions.template import fill_body
from engine.expressions.values import MISSING
from engine.model import Event, FilterRow, Filters, Operator, Role
from engine.rules.filters import explain, matches, problems
from tests import examples

checked = examples.checked(300)

NOW = datetime(2025, 9, 9, 15, 30, tzinfo=UTC)
DATA = {
    "from": "+15551230000",
    "class": "a",
    "First Name": "Ana",
    "call-duration": 90,
    "lead.score": 80,
    "lead": {"first name": "Zoe", "owner.name": "Bo", "owner": {"name": "Cy"}},
    "event": "mine",
    "now": 3,
    "steps": 4,
    "true": 5,
    "_id": 6,
    "event.role": "admin",
    "data": {"class": "inner", "inner": 7},
    'a"b\\c': 8,
}
PLACES = [
    (("from",), 'data["from"]'),
    (("class",), 'data["class"]'),
    (("First Name",), 'data["First Name"]'),
    (("call-duration",), 'data["call-duration"]'),
    (("lead.score",), 'data["lead.score"]'),
    (("event",), 'data["event"]'),
    (("now",), 'data["now"]'),
    (("steps",), 'data["steps"]'),
    (("true",), 'data["true"]'),
    (("_id",), 'data["_id"]'),
    (("event.role",), 'data["event.role"]'),
    (("lead", "first name"), 'lead["first name"]'),
    (("lead", "owner", "name"), "lead.owner.name"),
    (("data", "inner"), 'data["data"].inner'),
    (('a"b\\c',), 'data["a\\"b\\\\c"]'),
]


def event(data: dict[str, Any]) -> Event:
    return Event(id="e", type="call.ended", role=Role.AGENT, occurred_at=NOW, received_at=NOW, data=data)


def names() -> dict[str, Any]:
    return names_for(event(DATA), NOW, {})


def value_at(keys: tuple[str, ...]) -> Any:
    value: Any = DATA
    for key in keys:
        value = value[key]
    return value


def is_(field: str, value: Any) -> Filters:
    return Filters(rows=(FilterRow(field=field, operator=Operator.IS, value=value, case_sensitive=True),))


@pytest.mark.parametrize(("keys", "written"), PLACES)
def test_a_field_is_spelled_as_conditions_filters_and_templates_read_it(keys: tuple[str, ...], written: str) -> None:
    value = value_at(keys)

    assert spelled(keys) == written
    assert compile_condition(f"{written} == {json.dumps(value)}").evaluate(names()) is True
    assert compile_condition(f"exists({written})").paths == {".".join(keys)}
    assert fill_body(f"{{{{ {written} }}}}", names(), "text/plain") == str(value)
    if written != "lead.owner.name":  # in a filter, a key with a dot comes first
        assert matches(is_(written, value), names())
        assert problems(is_(written, value)) == {}


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ('data["0"]["."]["0"]', "0"),
        ('lead["owner.name"].first', "lead"),
        ('lead[""].name', "lead"),
        ('data["lead.score"].max', "lead.score.max"),
        ("tags[0].name", "tags"),
        ("lead.tags[-1].name", "lead.tags"),
        ('lead["owner"].name', "lead.owner.name"),
    ],
)
def test_a_path_ends_before_a_step_that_could_be_mistaken_for_others(written: str, path: str) -> None:
    assert compile_condition(f"exists({written})").paths == {path}


def test_data_with_a_dot_reaches_the_fields_of_the_event() -> None:
    condition = compile_condition(
        'data.event == "mine" and data.lead.owner.name == "Cy" and event.type == "call.ended"'
    )

    assert condition.evaluate(names()) is True
    assert condition.paths == {"event", "lead.owner.name"}
    assert matches(is_("data.event", "mine"), names())
    assert matches(is_("data.now", 3), names())


def test_a_field_that_is_called_data_is_still_reached_by_its_own_path() -> None:
    assert compile_condition("data.inner == 7 and exists(data)").evaluate(names()) is True
    assert matches(is_("data.inner", 7), names())
    assert matches(is_("data.class", "a"), names())
    listed = names_for(event({"data": [{"id": 1}]}), NOW, {})
    assert compile_condition("data[0].id == 1").evaluate(listed) is True
    assert compile_condition("data == 1").explain(names_for(event({}), NOW, {})).reason == (
        "no field `data` in this event"
    )


def test_of_a_name_with_dots_a_filter_tries_the_key_first() -> None:
    assert find(names(), "lead.score") == 80
    assert find(names(), "lead.owner.name") == "Bo"
    assert find(names(), "lead.owner") == {"name": "Cy"}
    assert find(names(), "lead.first name") == "Zoe"
    assert find({"lead": {"score": 5}}, "lead.score") == 5
    assert find({"tags[]": 5}, "tags[]") == 5
    assert find({"lead": "x"}, "lead.score.deeper") is MISSING


def test_no_key_of_an_event_passes_for_what_is_said_of_it() -> None:
    assert find(names(), "event.role") == "agent"
    assert find(names(), "event.gone") is MISSING
    assert find(names(), "event.role.deeper") is MISSING
    assert find(names(), 'data["event.role"]') == "admin"


@pytest.mark.parametrize(
    ("field", "way"),
    [
        ("country", Way(("country",))),
        ("lead.score", Way(("lead", "score"))),
        ("data", Way(("data",))),
        ("data.event", Way(("event",), own=True)),
        ('data["a.b"].c["d"]', Way(("a.b", "c", "d"), own=True)),
        ("data['from']", Way(("from",), own=True)),
        ("data[0]", Way(("data", 0))),
        ("tags[-1]", Way(("tags", -1))),
        ('data["tags"][0].name', Way(("tags", 0, "name"), own=True)),
        ("tags[x]", Way(("tags[x]",))),
        ("data[", Way(("data[",))),
        ('lead["a.b"].c', Way(("lead", "a.b", "c"))),
        ('data["a"](1)', Way(('data["a"](1)',))),
        ('data["a"] == data', Way(('data["a"] == data',))),
        ("data[\x00]", Way(("data[\x00]",))),
    ],
)
def test_the_way_to_an_attribute(field: str, way: Way) -> None:
    assert way_of(field) == way


def test_the_path_of_a_way_is_the_field_that_it_reads() -> None:
    assert way_of('data["lead"].score').path == "lead.score"
    assert way_of('data["First Name"]').path == "First Name"


def test_a_path_from_traffic_is_spelled_by_the_objects_that_came() -> None:
    known = {"lead", "lead.owner", "score.a"}

    assert spelled_path("lead.score", known) == "lead.score"
    assert spelled_path("lead.owner.first name", known) == 'lead.owner["first name"]'
    assert spelled_path("flat.key", known) == 'data["flat.key"]'
    assert spelled_path("lead.a.b", known) == 'lead["a.b"]'
    assert spelled_path("event.type") == 'data["event.type"]'
    assert spelled_path("plain") == "plain"


def test_a_path_from_traffic_is_an_attribute_as_it_is_save_where_its_name_is_ours() -> None:
    assert attribute("First Name") == "First Name"
    assert attribute("flat.key") == "flat.key"
    assert attribute("event.type", {"event"}) == 'data["event"].type'
    assert attribute("now") == 'data["now"]'
    assert attribute("data.from") == 'data["data.from"]'


def test_own_fields_come_before_those_of_an_object_that_is_called_data() -> None:
    assert own_fields({"a": 1, "data": {"a": 2, "b": 3}}) == {"a": 1, "b": 3, "data": {"a": 2, "b": 3}}
    assert own_fields({"data": "text"}) == {"data": "text"}


def test_without_own_fields_a_filter_looks_among_the_names() -> None:
    assert find({"from": 1}, 'data["from"]') == 1
    assert find({OWN: {"from": 2}, "from": 1}, 'data["from"]') == 2


def test_a_row_of_an_odd_name_is_named_in_its_reason() -> None:
    (result,) = explain(is_('data["from"]', "x"), names())

    assert result.reason == '`data["from"]` is "+15551230000", so `is "x"` does not hold'


GAP = "Something is missing between two parts, such as and, or, ==."
HINTS = {
    'from == "+1"': (1, '`from` is a reserved word: write data["from"].'),
    "a > 1 and class == 2": (11, '`class` is a reserved word: write data["class"].'),
    "lead.from == 1": (6, '`from` is a reserved word: write lead["from"].'),
    'calls[0].x["y"].import == 1': (17, '`import` is a reserved word: write calls[0].x["y"]["import"].'),
    "in == 1": (1, '`in` is a reserved word: write data["in"].'),
    "a and is > 1": (7, '`is` is a reserved word: write data["is"].'),
    "a\nand from == 1": (5, '`from` is a reserved word: write data["from"].'),
    'First Name == "Ana"': (
        1,
        f'{GAP} A name with blanks is written so: data["First Name"].',
    ),
    'a and not Zip Code in ["1"]': (
        1,
        f'{GAP} A name with blanks is written so: data["Zip Code"].',
    ),
    '"from" == a b': (1, GAP),
    "a not in b c": (1, GAP),
}


@pytest.mark.parametrize(("source", "refusal"), HINTS.items())
def test_what_cannot_be_read_as_a_name_is_refused_with_the_way_to_write_it(
    source: str, refusal: tuple[int, str]
) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source)

    assert (caught.value.column, str(caught.value)) == refusal


def test_a_known_name_that_was_read_as_a_sum_is_suggested_in_brackets() -> None:
    found = check_names(compile_condition("call-duration > 60"), ["call-duration", "duration", "other-name"])

    assert found == [UnknownName("call", 'data["call-duration"]', 1)]


def test_a_flat_key_that_is_known_is_no_warning() -> None:
    assert check_names(compile_condition('data["lead.score"] > 1'), {"lead.score"}) == []


def test_the_keys_of_a_condition_are_all_that_it_reads_on_the_way() -> None:
    condition = compile_condition('hour(calls[0]["to"].at, "UTC") > 8 and data.x == event.y')

    assert condition.keys() == {"calls", "to", "at", "data", "x", "event", "y"}


def test_no_attribute_of_python_is_reached_through_data() -> None:
    for source in ("data.__class__ == 1", "data.a.__class__ == 1"):
        with pytest.raises(ConditionError, match="underscore"):
            compile_condition(source)
    assert compile_condition('exists(data["__class__"]) or exists(data.items)').evaluate(names()) is False


keys = st.lists(st.text(min_size=1, max_size=6) | st.sampled_from(["a", "b", "event", "data"]), min_size=1, max_size=3)


@checked
@given(keys, st.integers(0, 9))
def test_any_key_is_reached_as_it_is_spelled(path: list[str], value: int) -> None:
    data: Any = value
    for key in reversed(path):
        data = {key: data}
    written = spelled(path)
    try:
        condition = compile_condition(f"{written} == {value}")
    except ConditionError as error:
        assert "half a character" in str(error) or "not text" in str(error)
        return

    assert condition.evaluate(names_for(event(data), NOW, {})) is True
    assert condition.paths <= {".".join(path), *(".".join(path[:length]) for length in range(1, len(path)))}


@checked
@given(
    st.text(max_size=20), st.dictionaries(st.text(max_size=3), st.integers() | st.dictionaries(st.text(), st.none()))
)
def test_finding_never_raises(field: str, data: dict[str, Any]) -> None:
    for place in (field, f"data.{field}", f"data[{field}]", f'data["{field}"]'):
        find(names_for(event(data), NOW, {}), place)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tags[0]", "vip"),
        ("tags[-1]", "new"),
        ('data["tags"][1]', "new"),
        ("tags[2]", MISSING),
        ("tags[-3]", MISSING),
        ("lead[0]", MISSING),
        ("people[0].name", "Ada"),
        ("people[0].lead.score", 7),
        ("people[0][0]", MISSING),
        ("people[1].name", MISSING),
        ("grid[1][0]", 3),
        ("deep.tags[0]", "flat"),
        ("event.parts[0]", "a"),
        ("event.parts[0].b", MISSING),
        ("odd[0]", "as named"),
    ],
)
def test_a_filter_reaches_an_entry_of_a_list_as_a_condition_does(field: str, value: Any) -> None:
    data = {
        "tags": ["vip", "new"],
        "lead": {"score": 1},
        "people": [{"name": "Ada", "lead.score": 7}],
        "grid": [[1], [3]],
        "deep.tags": ["flat"],
        "odd[0]": "as named",
    }
    names = {**data, OWN: own_fields(data), "event": {"parts": ["a"]}}

    assert find(names, field) == value


def test_the_path_of_an_entry_ends_before_its_index_and_its_names_do_not() -> None:
    way = way_of('data["people"][0].phone')

    assert (way.path, way.names) == ("people", ("people", "phone"))


@pytest.mark.parametrize(
    ("source", "data", "hint"),
    [
        ("call-duration > 1", {"call-duration": 5}, ', but there is `data["call-duration"]`'),
        ("lead.score > 1", {"lead.score": 5}, ', but there is `data["lead.score"]`'),
        ("call > 1", {"call-duration": 5}, ""),
        ('call > 1 and data["call-duration"] > 1', {"call-duration": 5}, ""),
        ("event.call > 1", {"event.call": 5}, ""),
    ],
)
def test_a_missing_field_is_told_with_the_one_that_was_meant(source: str, data: Any, hint: str) -> None:
    told = compile_condition(source).explain({**data, OWN: own_fields(data), "event": {}}).reason

    assert told.startswith("no field `")
    assert told.endswith(f"in this event{hint}")


def test_a_field_with_dots_in_its_name_is_not_reached_name_by_name() -> None:
    found = check_names(compile_condition("lead.score > 60"), ["lead.score"])

    assert found == [UnknownName("lead.score", 'data["lead.score"]', 1)]
