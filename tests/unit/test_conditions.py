"""Every rule of conditions, as tables: what an expression says of an event, why, and what is refused."""

import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from engine.expressions.condition import (
    FUNCTIONS,
    ConditionError,
    UnknownName,
    check_names,
    compile_condition,
    names_for,
)
from engine.expressions.reaching import OWN
from engine.model import Event, Role

NOW = datetime(2025, 9, 9, 15, 30, tzinfo=UTC)

CALL = {
    "call_duration": 90,
    "text_duration": " 90 ",
    "cost": 0.25,
    "sentiment": "positive",
    "empty": "",
    "nothing": None,
    "is_new": True,
    "tags": ["webinar", "q3", 7, "8", None],
    "lead": {"score": 80, "name": "Zoë", "owner": None, "items": 3, "first name": "Zoë"},
    "calls": [{"id": "a"}, {"id": "b"}],
    "due_at": "2025-09-09T17:00:00+02:00",
    "huge": 10**5000,
    "nan": float("nan"),
    "infinite": float("inf"),
    "now": NOW,
    "event": {"type": "call.ended", "id": "evt_1", "occurred_at": NOW, "role": "agent"},
}

TRUE = """
call_duration > 60
call_duration >= 90
call_duration < 91
call_duration <= 90.0
call_duration == 90 and sentiment == "positive"
call_duration != 91
sentiment != 'negative'
sentiment == "pos" "itive"
text_duration == 90
90 == text_duration
text_duration > 60
text_duration > "60"
"100" > "90"
is_new == "true"
"TRUE" == is_new
is_new != "False"
is_new in [" true "]
tags != 1
["vip"] != "do_not_call"
["vip"] not in ["do_not_call"]
"2025-09-09T12:00:00+02:00" == "2025-09-09t10:00:00z"
"2025-09-09T12:00:00+02:00" < "2025-09-09T10:30:00Z"
"2025-09-09" < "2025-09-10"
"2025-09-09T10:00" < "2025-09-09 10:00:01"
"100000000000000000001" != 100000000000000000002
100000000000000000001 > "100000000000000000000"
"1e2" == 100
"+1.50" == 1.5
".5" == 0.5
"5." == 5
text_duration + 10 == 100
"1" + "2" == 3
"a" + "b" == "ab"
"60" != "60.0"
40 < call_duration < 100
40 < call_duration <= 90 != 91
not call_duration < 60
not (is_new and false)
is_new
is_new == true
is_new == True
is_new != false
nothing == null
nothing == None
null == null
tags != null
sentiment != null
is_new != null
sentiment in ["positive", "neutral"]
sentiment in ("positive", "neutral")
sentiment not in ["negative"]
sentiment not in []
call_duration in ["90"]
text_duration in [90]
"q3" in tags
"7" in tags
8 in tags
8.0 in tags
null in tags
true not in tags
"vip" not in tags
"sit" in sentiment
"Sit" not in sentiment
"score" in lead
"age" not in lead
lead.score == 80
lead["score"] == 80
lead["first name"] == "Zoë"
lead.items == 3
lead.owner == null
tags[0] == "webinar"
tags[-4] == "q3"
calls[1].id == "b"
calls[1]["id"] == "b"
[1, "2"] == [1.0, 2]
tags == ["webinar", "q3", 7, "8", null]
tags != []
tags != [true, "q3", 7, "8", null]
lead == lead
call_duration + 10 == 100
call_duration - 100 == -10
call_duration * 2 / 3 == 60
call_duration % 60 == 30
-call_duration < 0
+call_duration == 90
-text_duration == -90
(1 if is_new else 2) == 1
(1 if not is_new else missing == 2) == 1 if false else true
missing > 1 or is_new
is_new or missing > 1
not (missing > 1 and false)
false or missing > 1 or true
exists(sentiment)
exists(lead.score)
not exists(missing)
not exists(nothing)
not exists(lead.owner)
not exists(call_duration / 0)
exists(empty)
coalesce(missing, 5) == 5
coalesce(nothing, missing, 5) == 5
coalesce(call_duration, 5) == 90
coalesce(missing, nothing) == null
coalesce(number(sentiment), 0) == 0
lower("ABC") == "abc"
upper(sentiment) == "POSITIVE"
trim("  a ") == "a"
len(sentiment) == 8 and len(tags) == 5 and len(lead) == 5 and len("") == 0
contains(sentiment, "sit")
contains(tags, "q3")
not contains(tags, "vip")
contains(lead, "score")
starts_with(sentiment, "pos") and ends_with(sentiment, "tive")
not starts_with(sentiment, "Pos")
abs(-5) == 5 and abs("-5") == 5
round(2.6) == 3 and round(2.5) == 2 and round(2.345, 1) == 2.3 and round(123, -1) == 120
min(3, "1", 2) == 1 and max(3, 1, call_duration) == 90
number("12.5") == 12.5 and number(5) == 5
text(90) == "90" and text(90.0) == "90" and text(true) == "true" and text("a") == "a" and text(0.25) == "0.25"
text(now) == "2025-09-09T15:30:00Z"
seconds_between("2025-09-09T15:29:00Z", now) == 60
seconds_between(now, due_at) == -1800
due_at < now
now == "2025-09-09T15:30:00Z"
now == "2025-09-09t17:30:00.000+02:00"
now in ["2025-09-09T17:30:00+02:00"]
event.occurred_at <= now
event.occurred_at == now
event.type == "call.ended" and event.role == "agent" and event.id == "evt_1"
huge > 1
huge != 1
call_duration > 60 # a long call
"""

FALSE = """
call_duration > 90
sentiment == "Positive"
text_duration < 60
is_new == false
not is_new
missing > 1 and false
false and missing
40 < missing < 30 < 20
sentiment == null
tags == null
nothing != null
tags == []
[1] == ["x"]
[2] == [true]
true in [2, false]
tags == 1
1 in [2, "2", null]
"a" in []
exists(missing)
exists(nothing)
coalesce(missing, false)
"60" == "60.0"
"""

UNKNOWN = {
    "missing > 1": "no field `missing` in this event",
    "missing": "no field `missing` in this event",
    "not missing": "no field `missing` in this event",
    "missing == null": "no field `missing` in this event",
    'missing != "positive"': "no field `missing` in this event",
    "missing and is_new": "no field `missing` in this event",
    "is_new and missing > 1": "no field `missing` in this event",
    "false or missing > 1": "no field `missing` in this event",
    "not (missing > 1 or false)": "no field `missing` in this event",
    "missing + 1 > 0": "no field `missing` in this event",
    "1 + missing > 0": "no field `missing` in this event",
    "-missing > 0": "no field `missing` in this event",
    "lower(missing) == ''": "no field `missing` in this event",
    "1 in [1, missing]": "no field `missing` in this event",
    "true if missing else true": "no field `missing` in this event",
    "missing.part.deeper > 1": "no field `missing` in this event",
    "missing[0] == 1": "no field `missing` in this event",
    "40 < missing < 100": "no field `missing` in this event",
    "missing < lead.age < 5": "no field `missing` in this event",
    "lead.age > 1": "no field `lead.age` in this event",
    'lead["age"] > 1': 'no field `lead["age"]` in this event',
    "calls[0].name == 1": "no field `calls[0].name` in this event",
    "event.nope == 1": "no field `event.nope` in this event",
    "coalesce(missing, lead.age) > 1": "no field `lead.age` in this event",
    "tags[9] == 1": "`tags` has 5 entries, so there is none at 9",
    "tags[-6] == 1": "`tags` has 5 entries, so there is none at -6",
    "sentiment.upper == 1": '`sentiment` is the text "positive", which is no object, so it has no "upper"',
    "sentiment[0] == 'p'": '`sentiment` is the text "positive", which is no list, so it has no 0',
    "lead[0] == 1": "`lead` is an object, which is no list, so it has no 0",
    "tags.append == 1": '`tags` is a list, which is no object, so it has no "append"',
    "lead.owner.name == 1": '`lead.owner` is null, which is no object, so it has no "name"',
    "now.year == 2025": '`now` is the time 2025-09-09T15:30:00Z, which is no object, so it has no "year"',
    "sentiment > 60": '`sentiment` is the text "positive", which is no number',
    "60 < sentiment": '`sentiment` is the text "positive", which is no number',
    "sentiment == 60": '`sentiment` is the text "positive", which is no number',
    "sentiment != 60": '`sentiment` is the text "positive", which is no number',
    'call_duration > "abc"': 'the text "abc" is no number',
    '"1_000" == 1000': 'the text "1_000" is no number',
    '"1e400" > 1': 'the text "1e400" is no number',
    '"٣" == 3': 'the text "٣" is no number',
    '"0x10" == 16': 'the text "0x10" is no number',
    '"00000000000000000000000000000000000000001" == 1': (
        'the text "00000000000000000000000000000000000000001" is no number'
    ),
    "tags > 1": "`tags` is a list, which does not compare with the number 1 by >",
    'tags == "q3"': '`tags` is a list, which does not compare with the text "q3" by ==',
    'lead != "q3"': '`lead` is an object, which does not compare with the text "q3" by !=',
    "tags < tags": "`tags` is a list, which does not compare with a list by <",
    "tags == lead": "`tags` is a list, which does not compare with an object by ==",
    "is_new == 1": "`is_new` is true, which does not compare with the number 1 by ==",
    'is_new == "yes"': '`is_new` is true, which does not compare with the text "yes" by ==',
    'is_new != "maybe"': '`is_new` is true, which does not compare with the text "maybe" by !=',
    'is_new not in ["no"]': '`is_new` is true, which does not compare with the text "no", an entry of the list',
    '"yes" != "true"': 'the text "yes" does not compare with the text "true" by !=',
    '"True" != "true"': 'the text "True" does not compare with the text "true" by !=',
    "[1] == [true]": "`[1]` is a list, which does not compare with a list by ==",
    "true in [1]": "true does not compare with the number 1, an entry of the list",
    "1 in [true, null, [1]]": "the number 1 does not compare with true, an entry of the list",
    'tags != "q3"': '`tags` is a list, which does not compare with the text "q3" by !=',
    'tags not in ["q3"]': '`tags` is a list, which does not compare with the text "q3", an entry of the list',
    "empty not in [5]": '`empty` is the text "", which does not compare with the number 5, an entry of the list',
    "is_new in [2]": "`is_new` is true, which does not compare with the number 2, an entry of the list",
    'sentiment > "60"': '`sentiment` is the text "positive", which has no order against the text "60"',
    '"60" < sentiment': '`sentiment` is the text "positive", which has no order against the text "60"',
    '"b" > "a"': 'the text "b" has no order against the text "a"',
    '"100" < "2025-09-09"': 'the text "100" has no order against the text "2025-09-09"',
    'empty <= ""': '`empty` is the text "", which has no order against the text ""',
    'due_at > "2025-09-09T17:00"': (
        'the text "2025-09-09T17:00" is a time without a zone and does not compare with one that has a zone'
    ),
    'due_at != "2025-09-09T17:00"': (
        'the text "2025-09-09T17:00" is a time without a zone and does not compare with one that has a zone'
    ),
    'due_at > "2025-09-09"': 'the text "2025-09-09" is a date alone and does not compare with a time',
    "is_new > false": "`is_new` is true, which does not compare with false by >",
    "nothing > 1": "`nothing` is null, which has no order",
    "1 <= nothing": "`nothing` is null, which has no order",
    "nothing < nothing": "`nothing` is null, which has no order",
    "now > sentiment": '`sentiment` is the text "positive", which is no time',
    'now == "2025-02-31T00:00:00Z"': 'the text "2025-02-31T00:00:00Z" is no time',
    'now == "2025-02-01"': 'the text "2025-02-01" is a date alone and does not compare with a time',
    "now > 5": "`now` is the time 2025-09-09T15:30:00Z, which does not compare with the number 5 by >",
    "nan > 1": "`nan` is the number nan, which does not compare with the number 1 by >",
    "infinite == infinite": "`infinite` is the number inf, which does not compare with the number inf by ==",
    "1 in 5": "the number 5 is no list, text or object",
    "'a' in nothing": "`nothing` is null, which is no list, text or object",
    "5 in sentiment": "the number 5 is no text and so never part of one",
    "5 not in lead": "the number 5 is no key",
    "call_duration / 0 > 1": "`call_duration / 0` divides by zero",
    "call_duration % 0.0 > 1": "`call_duration % 0.0` divides by zero",
    "sentiment + 1 > 1": '`sentiment` is the text "positive", which is no number',
    "sentiment - sentiment == 0": '`sentiment` is the text "positive", which is no number',
    "is_new + 1 == 2": "`is_new` is true, which is no number",
    "tags * 2 == 1": "`tags` is a list, which is no number",
    "sentiment * 2 == 1": '`sentiment` is the text "positive", which is no number',
    "nothing + 1 == 1": "`nothing` is null, which is no number",
    "now - now == 0": "`now` is the time 2025-09-09T15:30:00Z, which is no number",
    "1e30 * 1e30 > 1": "`1e30 * 1e30` is too large",
    "huge + 1 > 1": "`huge + 1` is too large",
    "-huge < 1": "`huge` is the number of about 5001 digits, which is too large",
    "-sentiment < 1": '`sentiment` is the text "positive", which is no number',
    "-is_new < 1": "`is_new` is true, which is no number",
    "not 5": "`5` is the number 5, not yes or no",
    "call_duration and true": "`call_duration` is the number 90, not yes or no",
    "true and 'yes'": "`'yes'` is the text \"yes\", not yes or no",
    "false or nothing": "`nothing` is null, not yes or no",
    "1 if call_duration else 2": "`call_duration` is the number 90, not yes or no",
    "lower(call_duration) == '90'": "lower() needs text, and `call_duration` is the number 90",
    "upper(nothing) == ''": "upper() needs text, and `nothing` is null",
    "len(5) == 1": "len() needs text, a list or an object, and got the number 5",
    "contains(5, 5)": "contains() needs text, a list or an object, and got the number 5",
    "contains(sentiment, 5)": "`contains(sentiment, 5)` has no answer for these values",
    "starts_with(sentiment, 5)": "starts_with() needs text, and got the number 5",
    "abs(sentiment) > 1": 'abs() needs a number, and `sentiment` is the text "positive"',
    "abs(is_new) > 1": "abs() needs a number, and `is_new` is true",
    "abs(huge) > 1": "abs() needs a number, and `huge` is the number of about 5001 digits",
    "round(1.5, 99) > 1": "round() needs a whole number from -15 to 15, and got the number 99",
    "round(1.5, true) > 1": "round() needs a whole number from -15 to 15, and got true",
    "min(1, tags) > 1": "min() needs a number, and `tags` is a list",
    "number(sentiment) > 1": 'number() needs a number, and `sentiment` is the text "positive"',
    "text(tags) == ''": "text() needs text, a number, true or false, and `tags` is a list",
    "seconds_between(now, sentiment) > 1": 'seconds_between() needs a time, and `sentiment` is the text "positive"',
}

NEITHER = {
    "call_duration + 5": "`call_duration + 5` is the number 95, not yes or no",
    "sentiment": '`sentiment` is the text "positive", not yes or no',
    "tags": "`tags` is a list, not yes or no",
    "nothing": "`nothing` is null, not yes or no",
    "1": "`1` is the number 1, not yes or no",
}


def lines(table: str) -> list[str]:
    return table.strip().split("\n")


def test_an_empty_condition_always_holds() -> None:
    for source in ("", "  ", "\n\t "):
        condition = compile_condition(source)

        assert condition.empty
        assert condition.evaluate({}) is True
        assert condition.explain({}).verdict is True
        assert condition.paths == frozenset()


@pytest.mark.parametrize("source", lines(TRUE))
def test_yes(source: str) -> None:
    condition = compile_condition(source)

    assert condition.explain(CALL).reason
    assert condition.evaluate(CALL) is True
    assert condition.explain(CALL).verdict is True


@pytest.mark.parametrize("source", lines(FALSE))
def test_no(source: str) -> None:
    condition = compile_condition(source)

    assert condition.evaluate(CALL) is False
    assert condition.explain(CALL).verdict is False


@pytest.mark.parametrize(("source", "reason"), [*UNKNOWN.items(), *NEITHER.items()])
def test_unknown_is_neither_and_named(source: str, reason: str) -> None:
    condition = compile_condition(source)
    explanation = condition.explain(CALL)

    assert condition.evaluate(CALL) is None
    assert explanation.verdict is None
    assert reason == explanation.reason


@pytest.mark.parametrize("source", [source for source in UNKNOWN if "if" not in source])
def test_the_opposite_of_unknown_is_unknown(source: str) -> None:
    assert compile_condition(f"not ({source})").evaluate(CALL) is None


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        ("true", "u", None, True),
        ("false", "u", False, None),
        ("u", "u", None, None),
        ("true", "false", False, True),
        ("true", "true", True, True),
        ("false", "false", False, False),
    ],
)
def test_three_valued_logic(a: str, b: str, both: bool | None, either: bool | None) -> None:
    for one, other in ((a, b), (b, a)):
        assert compile_condition(f"{one} and {other}").evaluate({}) is both
        assert compile_condition(f"{one} or {other}").evaluate({}) is either


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (
            {"call_duration": 90, "sentiment": "positive"},
            'every part is true: 90 > 60, "positive" == "positive"',
        ),
        ({"call_duration": 45, "sentiment": "positive"}, "`call_duration > 60` is false: 45 > 60"),
        ({"call_duration": 45}, "`call_duration > 60` is false: 45 > 60"),
        ({"call_duration": 90}, "no field `sentiment` in this event"),
        ({}, "no field `call_duration` in this event"),
    ],
)
def test_the_reason_is_one_plain_sentence(names: dict[str, object], reason: str) -> None:
    condition = compile_condition('call_duration > 60 and sentiment == "positive"')

    assert reason == condition.explain(names).reason


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("call_duration < 1 or is_new", "`is_new` is true"),
        ("call_duration < 1 or not is_new", "no part is true: 90 < 1, not true"),
        ("not call_duration > 60", "`not call_duration > 60` is false, since `call_duration > 60` is true: 90 > 60"),
        ("not exists(missing)", "`not exists(missing)` is true, since `exists(missing)` is false: no field `missing`"),
        ("not true", "`not true` is false"),
        ("true", "`true` is true"),
        ("call_duration > 1 or true", "`call_duration > 1` is true: 90 > 1"),
        ("40 < call_duration < 60", "`40 < call_duration < 60` is false: 40 < 90 < 60"),
        ("lead.score - 1 > 60", "`lead.score - 1 > 60` is true: 79 > 60"),
        ('contains(tags[0], "x")', '`contains(tags[0], "x")` is false: contains("webinar", "x")'),
        ("call_duration > 60 if is_new else missing", "`call_duration > 60` is true: 90 > 60"),
        ("'q3' in tags", '`\'q3\' in tags` is true: "q3" in ["webinar", "q3", 7, "8", null]'),
        ("text_duration > 60", '`text_duration > 60` is true: " 90 " > 60'),
    ],
)
def test_reasons(source: str, reason: str) -> None:
    assert compile_condition(source).explain(CALL).reason.startswith(reason)


def test_the_explanation_is_a_tree() -> None:
    tree = compile_condition("call_duration > 60 and lead.age + 1 == 2").explain(CALL).to_json()

    assert tree == {
        "verdict": None,
        "reason": "no field `lead.age` in this event",
        "text": "call_duration > 60 and lead.age + 1 == 2",
        "value": None,
        "substituted": "true and ?",
        "unknown": "no field `lead.age` in this event",
        "children": [
            {
                "text": "call_duration > 60",
                "value": True,
                "substituted": "90 > 60",
                "unknown": None,
                "children": [
                    {"text": "call_duration", "value": 90, "substituted": "90", "unknown": None, "children": []}
                ],
            },
            {
                "text": "lead.age + 1 == 2",
                "value": None,
                "substituted": "? == 2",
                "unknown": "no field `lead.age` in this event",
                "children": [
                    {
                        "text": "lead.age + 1",
                        "value": None,
                        "substituted": "? + 1",
                        "unknown": "no field `lead.age` in this event",
                        "children": [
                            {
                                "text": "lead.age",
                                "value": None,
                                "substituted": "?",
                                "unknown": "no field `lead.age` in this event",
                                "children": [],
                            }
                        ],
                    }
                ],
            },
        ],
    }


def test_long_values_are_shortened() -> None:
    names = {"transcript": "a" * 100_000, "calls": [{"id": n} for n in range(10_000)]}
    explanation = compile_condition('transcript == "a" or len(calls) > 5').explain(names)

    assert len(str(explanation.to_json())) < 1_500
    assert "aaa…" in explanation.children[0].substituted


def test_an_explanation_of_times_and_large_numbers_is_json() -> None:
    tree = compile_condition("[now, huge, nan, 1] == [1e20 * 1, call_duration]").explain(CALL).to_json()

    left, right = tree["children"]
    assert left["value"][0] == "2025-09-09T15:30:00Z"
    assert left["value"][1:] == ["of about 5001 digits", "nan", 1]
    assert right["value"] == [1e20, 90]


# What is read


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("a > 1 and b.c.d == 2", {"a", "b.c.d"}),
        ('a["b"] == a["b c"].d', {"a.b", "a.b c.d"}),
        ('a["b.c"] == 1', {"a"}),
        ("tags[0] == 'x' or calls[0].id == 1", {"tags", "calls"}),
        ("event.type == 'x' and now > event.occurred_at", set()),
        ("true and false or null == None", set()),
        ("lower(name) == 'a' and coalesce(lead, other).score > 1", {"name", "lead", "other"}),
        ("x in [y, 1] if z else -w", {"x", "y", "z", "w"}),
    ],
)
def test_the_paths_that_it_reads(source: str, paths: set[str]) -> None:
    assert compile_condition(source).paths == paths


def test_the_functions_that_it_calls() -> None:
    assert compile_condition("lower(trim(a)) == len").functions == {"lower", "trim"}


def test_did_you_mean() -> None:
    condition = compile_condition('sentimant == "x" and lead.score > 1 and leed.score > evnt.type and zzz == now')

    assert check_names(condition, ["sentiment", "lead"]) == [
        UnknownName("sentimant", "sentiment", 1),
        UnknownName("leed.score", "lead.score", 41),
        UnknownName("evnt.type", "event.type", 54),
        UnknownName("zzz", None, 68),
    ]


def test_known_names_are_no_warning() -> None:
    assert check_names(compile_condition("a.b > 1 and now > event.occurred_at"), {"a": object()}) == []


def test_names_for_an_event() -> None:
    event = Event(
        id="evt_1",
        type="call.ended",
        role=Role.AGENT,
        occurred_at=NOW,
        received_at=NOW,
        data={"duration": 90, "event": "mine", "now": "mine", "b": 2},
    )
    names = names_for(event, NOW, {"duration": "call_duration", "a": "b", "x": "y"})

    assert names == {
        "duration": 90,
        "call_duration": 90,
        "a": 2,
        "b": 2,
        "event": {"type": "call.ended", "id": "evt_1", "occurred_at": NOW, "role": "agent"},
        "now": NOW,
        OWN: {"duration": 90, "call_duration": 90, "event": "mine", "now": "mine", "a": 2, "b": 2},
    }
    assert set(event.data) == {"duration", "event", "now", "b"}


def test_the_table_of_functions() -> None:
    for name, function in FUNCTIONS.items():
        assert function.name == name
        assert function.signature.startswith(f"{name}(")
        assert function.description.endswith(".")


# What is refused

HINTS = {
    "a = 1": (3, "Use == to compare."),
    "a === 1": (3, "Use == to compare."),
    "a && b": (3, "Use and instead of &&."),
    "a || b": (3, "Use or instead of ||."),
    "!a": (1, "Use not instead of !."),
    "a <> 1": (3, "Use != instead of <>."),
    "a => 1": (3, "Use >= instead of =>."),
    "a =< 1": (3, "Use <= instead of =<."),
    "a AND b": (3, "Write and, or, not, in in small letters."),
    "a == “x”": (6, 'Use straight quotes: "text".'),
    "a == ‘x’": (6, 'Use straight quotes: "text".'),
    '"=" == “x”': (8, 'Use straight quotes: "text".'),
    "a is 1": (1, "Use == instead of is."),
    '"a" is 1': (1, "Use == instead of is."),
    "a is not 1": (1, "Use != instead of is not."),
    "a & b": (1, "Use and instead of &."),
    "a | b": (1, "Use or instead of |."),
    "~a": (1, "Use not instead of ~."),
    "a // 2": (1, "Use / to divide; round(a / b) makes it whole."),
    "a := 1": (1, "Nothing can be assigned here; use == to compare."),
    "(a": (1, "This bracket is never closed."),
    "a)": (3, "A ) closes what was never opened."),
    "a]": (2, "This bracket closes what was never opened."),
    "1) or (2": (None, "A ) closes what was never opened."),
    "a >": (4, "Something is missing at the end."),
    "a and": (6, "Something is missing at the end."),
    "a b": (1, "Something is missing between two parts, such as and, or, ==."),
    '"abc': (1, "This text is never closed: a quote is missing."),
    "a, b": (None, "This must be one condition; join several with and, or."),
    "a,": (None, "This must be one condition; join several with and, or."),
    "60s > 1": (2, "This number cannot be read."),
    "60or a": (2, "This number cannot be read."),
    "007 == a": (1, "This number cannot be read."),
    '"\\d" == a': (1, "This text holds a backslash that means nothing; write it twice."),
    "a if b": (1, "An if needs an else: a if condition else b."),
    "1e999 > a": (1, "This number is too large."),
    "a > " + "9" * 400: (5, "This number is too large."),
    "1j == a": (1, "Only texts, numbers, true, false and null can be written here."),
    'b"x" == a': (1, "Only texts, numbers, true, false and null can be written here."),
    "... == a": (1, "Only texts, numbers, true, false and null can be written here."),
    '"\\ud800" == a': (1, "This text holds half a character."),
    "a == '\ud800'": (None, "This holds a character that is not text."),
    "a[b] == 1": (1, 'Only a fixed place or key can stand in brackets: tags[0], lead["score"].'),
    "a[true] == 1": (1, 'Only a fixed place or key can stand in brackets: tags[0], lead["score"].'),
    "a[0:1] == 1": (1, 'Only a fixed place or key can stand in brackets: tags[0], lead["score"].'),
    "a[-'x'] == 1": (1, 'Only a fixed place or key can stand in brackets: tags[0], lead["score"].'),
    "{1} == a": (1, "Write a list in square brackets: [1, 2]."),
    "{} == a": (1, "Objects cannot be written here."),
    "round() > 1": (1, "The number of arguments is wrong: round(number, digits=0)."),
    "round(1, 2, 3) > 1": (1, "The number of arguments is wrong: round(number, digits=0)."),
    "min(a) > 1": (1, "The number of arguments is wrong: min(number, number, …)."),
    "lower(text=a) == ''": (1, "Arguments are given by place alone: lower(text)."),
    "lower(*a) == ''": (1, "Arguments are given by place alone: lower(text)."),
    "exists()": (1, "The number of arguments is wrong: exists(field)."),
    "é == 1 and _b": (12, "Names that start with an underscore are not available."),
    "a\nand\n  _b": (3, "Line 3: Names that start with an underscore are not available."),
    "a\r\nand\r\n  _b": (3, "Line 3: Names that start with an underscore are not available."),
    "a\nand\n  60s": (4, "Line 3: This number cannot be read."),
}


@pytest.mark.parametrize(("source", "refusal"), HINTS.items())
def test_refused_with_a_place_and_a_way_out(source: str, refusal: tuple[int | None, str]) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source)

    assert (caught.value.column, str(caught.value)) == refusal


def test_an_unknown_function_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConditionError, match="There is no function foo; there are exists, coalesce, lower"):
        compile_condition("foo(1)")


ESCAPES = """
__import__("os").system("id")
().__class__.__bases__[0].__subclasses__()
"".__class__
a.__class__
a._private
_a
__builtins__
__debug__
a.__init__.__globals__
＿a
"{0.__class__}".format(a)
"a".join(b)
"a".upper()
a.func_globals()
a.get("x")
lower.__globals__
lower(a).__class__
(lower)(a).__class__
[lower][0](a)
(lambda: 1)()
lambda: 1
(a := 1)
[x for x in a]
{x for x in a}
{x: x for x in a}
(x for x in a)
x for x in a
f"{a}"
f"{a!r:>{b}}"
eval("1")
exec("1")
getattr(a, "b")
open("/etc/passwd")
type(a)
str(a)
print(a)
globals()
yield 1
await a
*a
**a
import os
a; b
del a
a = 1
a += 1
a @ b
""".strip().split("\n")

BOMBS = [
    "9**9**9",
    "9**4000000 > 0",
    "(9**900000)*(9**900000)",
    "a << 1000000",
    "a >> 1",
    "a ^ b",
    "'%60000000d' % 1 == a if 1 ** 1 else b",
    "'a'.ljust(60000000)",
    "'a'.zfill(60000000)",
    "'a'.expandtabs(60000000)",
    "'a'.replace('a', 'aa')",
    "not " * 240 + "a",
    "-" * 900 + "1",
    "~" * 900 + "1",
    "(" * 400 + "a" + ")" * 400,
    "(" * 150 + "a" + ")" * 150 + " and " + "not " * 30 + "a",
    "[" * 90 + "]" * 90,
    "a" + "+a" * 300,
    "a" + ".b" * 300,
    "a" + "[0]" * 300,
    "lower(" * 100 + "a" + ")" * 100,
    "a if " * 50 + "b" + " else c" * 50,
    " or ".join(["a == 1"] * 60),
    "[" + "1," * 200 + "]",
    "a" * 1001,
    "a == '" + "x" * 1000 + "'",
    "9" * 999,
    "\x00",
    "a\x00",
    "a == '\x00'",
]


@pytest.mark.parametrize("source", ESCAPES + BOMBS)
def test_escapes_and_bombs_are_refused(source: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source)

    assert str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "'%90000000d' % 1 == 'x'",
        "'a' * 1000000000 == 'a'",
        "[1] * 1000000000 == [1]",
        "text + text == text",
        "1e30 * 1e30 * 1e30 > 1",
    ],
)
def test_what_would_be_large_is_unknown(source: str) -> None:
    assert compile_condition(source).evaluate({"text": "a" * 9_000}) is None


def test_a_list_too_long_to_search_is_unknown() -> None:
    condition = compile_condition("'x' in many")

    assert condition.evaluate({"many": ["x"] * 10_000}) is True
    assert condition.evaluate({"many": ["x"] * 10_001}) is None
    assert condition.explain({"many": ["x"] * 10_001}).reason == "`many` is a list, which has more than 10000 entries"


def test_what_nests_too_deeply_to_compare_is_unknown() -> None:
    deep: list[object] = []
    other: list[object] = []
    for _ in range(100_000):
        deep, other = [deep], [other]

    assert compile_condition("a == b").evaluate({"a": deep, "b": other}) is None
    assert compile_condition("a == b").explain({"a": deep, "b": other}).verdict is None


def test_the_attributes_of_python_are_out_of_reach() -> None:
    for name in ("items", "keys", "get", "real", "upper", "append"):
        for value in ({}, [], "text", 5, 5.5, True, NOW):
            assert compile_condition(f"exists(a.{name})").evaluate({"a": value}) is False


def test_several_lines_are_one_expression() -> None:
    condition = compile_condition("a > 1  # first\n  and\n b == 'x'\n")

    assert condition.evaluate({"a": 2, "b": "x"}) is True
    assert [child.text for child in condition.explain({}).children] == ["a > 1", "b == 'x'"]


def test_no_warning_leaks_and_no_filter_stays() -> None:
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for source in ('"a" is 1', "1 in 2()", '"\\d" == 1', "1or 2", "0x1for x in y", "a[1,]", "() is ()"):
            with pytest.raises(ConditionError):
                compile_condition(source)

    assert caught == []
    assert warnings.filters == before


def test_nothing_is_kept_of_the_names() -> None:
    condition = compile_condition("lead.score > 60")
    names = {"lead": {"score": 70}}
    before = sys.getrefcount(names)

    assert condition.evaluate(names) is True
    assert sys.getrefcount(names) == before
    assert condition.evaluate({}) is None


def test_the_cost_does_not_grow_with_the_payload() -> None:
    class Untouchable(list[object]):
        def __iter__(self) -> Iterator[object]:
            raise AssertionError("somebody walks the payload")

    names = {"lead": {"score": 70, "rest": Untouchable([1])}, "rest": Untouchable([1])}

    assert compile_condition("lead.score > 60 and exists(rest) and exists(lead.rest)").evaluate(names) is True


def test_threads_do_not_mix_their_names() -> None:
    condition = compile_condition("a == b and (a > 5) == big")

    def check(number: int) -> bool:
        names = {"a": number, "b": number, "big": number > 5}
        return all(condition.evaluate(names) is True for _ in range(200))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(check, range(64)))
