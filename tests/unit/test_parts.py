"""What would have to be otherwise for a hook to fire."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Action, Event, FilterRow, Filters, Hook, HookDefinition, Limits, Link, Match, Operator, Role
from engine.rules.decisions import explain
from engine.rules.index import compile_hook
from tests.storage.conftest import NOW


def decision(data: dict, sender: Role = Role.AGENT, chain: tuple[Link, ...] = (), **changes: object):
    values = {"title": "T", "trigger": "call.ended", "actions": (Action(url="https://example.com"),), **changes}
    hook = Hook(id=1, version=1, definition=HookDefinition(**values), created_at=NOW, updated_at=NOW)
    event = Event(id="e", type="call.ended", role=sender, occurred_at=NOW, received_at=NOW, data=data, chain=chain)
    return explain(compile_hook(hook), event, NOW, {})


US = FilterRow(field="country", operator=Operator.IS, value="US")
HIGH = FilterRow(field="score", operator=Operator.GTE, value=80)
LOW = FilterRow(field="n", operator=Operator.LTE, value=3)
THERE = FilterRow(field="email", operator=Operator.EXISTS)


@pytest.mark.parametrize(
    ("data", "changes", "expected"),
    [
        ({}, {}, ()),
        ({}, {"enabled": False}, ("The hook would have to be enabled.",)),
        ({}, {"role": Role.MANAGER}, ("The event would have to come from Admin or Manager; it came from Agent.",)),
        (
            {"n": 45},
            {"condition": 'n > 60 and s == "a"'},
            (
                "The condition `n > 60` would have to hold: found 45, 15 away.",
                'The condition `s == "a"` would have to hold: no field `s` in this event.',
            ),
        ),
        (
            {"country": "DE", "score": 72},
            {"filters": Filters(rows=(US, HIGH, THERE))},
            (
                'The filter `country is "US"` would have to match: found "DE".',
                "The filter `score at least 80` would have to match: found 72, 8 away.",
                "The filter `email exists` would have to match: it is missing.",
            ),
        ),
        (
            {"country": "DE", "n": "x"},
            {"filters": Filters(match=Match.ANY, rows=(US, LOW))},
            ('One of the filters would have to match: `country is "US"` (found "DE"), or `n at most 3` (found "x").',),
        ),
        ({"country": "US", "score": 72}, {"filters": Filters(match=Match.ANY, rows=(US, HIGH))}, ()),
        (
            {"country": "US", "n": 3},
            {"filters": Filters(match=Match.ANY, rows=(US, HIGH)), "condition": "n > 5"},
            ("The condition `n > 5` would have to hold: found 3, 2 away.",),
        ),
        ({}, {"condition": "n >"}, ("The condition would have to be mended: it cannot be read.",)),
        (
            {},
            {"limits": Limits(expires_at=NOW)},
            ("The hook would have to end later. The hook expired on 2025-09-09 at 14:27 UTC.",),
        ),
        ({"n": 3}, {"condition": "not n == 3"}, ("The condition `not n == 3` would have to hold: not true.",)),
    ],
)
def test_each_thing_that_would_have_to_change_is_a_sentence(data: dict, changes: dict, expected: tuple) -> None:
    assert decision(data, **changes).needed == expected


def test_an_event_of_a_chain_that_the_hook_stands_in_would_have_to_come_from_outside() -> None:
    chain = (Link(hook_id=1, entity="", execution_id="exe_1"),)

    assert decision({}, chain=chain).needed == (
        "The event would have to come from outside: this hook has run in its chain already.",
    )


@given(
    st.fixed_dictionaries({}, optional={"n": st.integers(0, 9), "country": st.sampled_from(["US", "DE"])}),
    st.sampled_from(list(Role)),
    st.sampled_from(list(Match)),
    st.booleans(),
)
def test_something_has_to_change_exactly_where_it_does_not_fire(data: dict, role: Role, match: Match, on: bool) -> None:
    rows = (US, FilterRow(field="n", operator=Operator.GT, value=3))
    said = decision(data, role, condition="n > 4 or n == 1", filters=Filters(match=match, rows=rows), enabled=on)

    assert said.fired == (said.needed == ())


@pytest.mark.parametrize("found", [10**400, "n/a", "1,200", None])
def test_how_far_away_it_was_is_said_of_numbers_alone(found: object) -> None:
    rows = (FilterRow(field="n", operator=Operator.IS, value=3),)

    asked: tuple[dict[str, Any], ...] = ({"condition": "n == 3"}, {"filters": Filters(rows=rows)})
    for changes in asked:
        (needed,) = decision({"n": found}, **changes).needed
        assert "away" not in needed


def test_an_operator_without_a_value_is_named_without_one() -> None:
    rows = (FilterRow(field="n", operator=Operator.IS_EMPTY),)

    assert decision({"n": 3}, filters=Filters(rows=rows)).needed == ("The filter `n is empty` would have to match: 3.",)
