"""What a hook says to an event: the first gate that objects stops it, and every gate says why."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Event, FilterRow, Filters, Gate, Limits, Link, Match, Operator, Role
from engine.rules.decisions import context_of, explain, stopped_by, without_gates
from engine.rules.index import compile_hook
from tests.unit.samples import AT, compiled, event, hook

US = Filters(rows=(FilterRow(field="country", operator=Operator.IS, value="US"),))
EITHER = Filters(match=Match.ANY, rows=(*US.rows, FilterRow(field="score", operator=Operator.GT, value=80)))
EXPIRED = Limits(expires_at=AT - timedelta(days=1))
LOOP = (Link(hook_id=7, entity="lead_id:lead_1", execution_id="exe_1"),)
ELSEWHERE = (Link(hook_id=8, entity="lead_id:lead_1", execution_id="exe_1"),)

WARM = {"country": "US", "score": 72, "lead_id": "lead_1"}
GATES = [Gate.STATUS, Gate.ROLE, Gate.CHAIN, Gate.FILTERS, Gate.CONDITION, Gate.LIMITS]
STOPS = {
    Gate.STATUS: {"enabled": False},
    Gate.ROLE: {"role": Role.ADMIN},
    Gate.FILTERS: {"filters": Filters(rows=(FilterRow(field="country", operator=Operator.IS, value="DE"),))},
    Gate.CONDITION: {"condition": "score > 90"},
    Gate.LIMITS: {"limits": EXPIRED},
}


def gate_of(came: Event, **changes: Any) -> Gate | None:
    return stopped_by(compiled(**changes), came, context_of(came, AT, {}))


def reason_of(gate: Gate, came: Event, **changes: Any) -> str:
    return explain(compiled(**changes), came, AT, {}).trace[gate]["reason"]


def test_a_hook_that_asks_for_nothing_fires() -> None:
    assert gate_of(event(WARM)) is None


@given(st.sets(st.sampled_from(GATES)))
def test_the_first_gate_that_objects_is_named_whatever_the_later_ones_say(objecting: set[Gate]) -> None:
    changes = {name: value for gate in objecting for name, value in STOPS.get(gate, {}).items()}
    came = event(WARM, chain=LOOP if Gate.CHAIN in objecting else ())

    assert gate_of(came, **changes) is min(objecting, key=GATES.index, default=None)


@pytest.mark.parametrize(
    ("condition", "gate"),
    [("score > 60", None), ("score > 90", Gate.CONDITION), ("gone > 90", Gate.CONDITION), ("score >", Gate.CONDITION)],
)
def test_a_condition_that_is_unknown_or_unreadable_stops_as_one_that_does_not_hold(
    condition: str, gate: Gate | None
) -> None:
    assert gate_of(event(WARM), condition=condition) is gate


@pytest.mark.parametrize(
    ("gate", "came", "changes", "reason"),
    [
        (Gate.STATUS, event(WARM), {}, "The hook is enabled."),
        (Gate.STATUS, event(WARM), {"enabled": False}, "The hook is disabled."),
        (Gate.ROLE, event(WARM), {}, "The event's role Agent is one that this hook listens to (Agent)."),
        (
            Gate.ROLE,
            event(WARM),
            {"role": Role.MANAGER},
            "The event's role Agent is not one that this hook listens to (Admin, Manager).",
        ),
        (
            Gate.CHAIN,
            event(WARM, chain=ELSEWHERE),
            {},
            "The event was made by a hook, and this hook has not run in its chain yet.",
        ),
        (
            Gate.CHAIN,
            event(WARM, chain=LOOP),
            {},
            "This hook ran for lead_id lead_1 already in the chain that made the event: it would loop.",
        ),
        (
            Gate.CHAIN,
            event({}, chain=(Link(hook_id=7, entity="", execution_id="exe_1"),)),
            {},
            "This hook ran already in the chain that made the event: it would loop.",
        ),
        (Gate.FILTERS, event(WARM), {}, "There are no filters."),
        (Gate.FILTERS, event(WARM), {"filters": US}, "All filters match."),
        (Gate.FILTERS, event(WARM), {"filters": EITHER}, "At least one filter matches."),
        (
            Gate.FILTERS,
            event({"country": "DE", "score": "n/a"}),
            {"filters": EITHER},
            (
                '`country` is "DE", so `is "US"` does not hold; '
                '`score` is the text "n/a", which is no number, so `greater than 80` does not hold'
            ),
        ),
        (
            Gate.FILTERS,
            event({"country": "DE"}),
            {"filters": US},
            '`country` is "DE", so `is "US"` does not hold',
        ),
        (Gate.CONDITION, event(WARM), {}, "There is no condition."),
        (Gate.CONDITION, event(WARM), {"condition": "score > 60"}, "`score > 60` is true: 72 > 60"),
        (
            Gate.CONDITION,
            event(WARM),
            {"condition": "score ="},
            "The condition cannot be read: Use == to compare.",
        ),
        (Gate.LIMITS, event(WARM), {"limits": EXPIRED}, "The hook expired on 2025-09-08 at 14:27 UTC."),
    ],
)
def test_every_gate_says_why_in_a_sentence(gate: Gate, came: Event, changes: dict, reason: str) -> None:
    assert reason_of(gate, came, **changes) == reason


def test_gates_behind_one_that_stopped_the_hook_are_asked_as_well() -> None:
    said = explain(compiled(enabled=False, filters=US, condition="score > 90"), event({"country": "DE"}), AT, {})

    assert (said.fired, said.gate, said.reason) == (False, Gate.STATUS, "The hook is disabled.")
    assert said.trace["filters"]["holds"] is False
    assert said.trace["condition"]["verdict"] is None


def test_a_chain_and_an_expiry_are_told_of_only_where_there_is_one() -> None:
    assert set(explain(compiled(), event(WARM), AT, {}).trace) == {"status", "role", "filters", "condition"}


def test_a_draft_that_is_not_saved_has_neither_id_nor_version() -> None:
    said = explain(compile_hook(hook(0, version=0)), event(WARM), AT, {})

    assert (said.hook_id, said.hook_version) == (None, None)


@given(st.sets(st.sampled_from(GATES)), st.sampled_from(list(Role)))
def test_a_hook_that_does_not_ask_at_any_gate_is_stopped_by_its_chain_alone(objecting: set[Gate], role: Role) -> None:
    changes = {name: value for gate in objecting for name, value in STOPS.get(gate, {}).items()}
    came = event(WARM, role=role, chain=LOOP if Gate.CHAIN in objecting else ())
    easy = without_gates(compiled(**changes), frozenset(GATES), role)

    assert stopped_by(easy, came, context_of(came, AT, {})) is (Gate.CHAIN if Gate.CHAIN in objecting else None)


@pytest.mark.parametrize("gate", list(STOPS))
def test_a_gate_that_is_not_asked_does_not_object_and_the_others_do(gate: Gate) -> None:
    changes = {name: value for one in STOPS.values() for name, value in one.items()}
    came = event(WARM)
    easy = without_gates(compiled(**changes), {gate}, Role.AGENT)

    assert explain(easy, came, AT, {}).gate is next(other for other in STOPS if other is not gate)


def test_with_all_gates_asked_it_is_the_very_hook() -> None:
    one = compiled(condition="score > 60")

    assert without_gates(one, frozenset(), Role.AGENT) is one
