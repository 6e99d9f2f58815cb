"""Chains: whom an event is about, and which hooks ran already for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events.chains import LONGEST, chain_limit_problem, chain_of, entity_of, has_run_in
from engine.model import Json, Link
from tests.unit.samples import event, execution

ANA, BEN = {"lead_id": "lead_1"}, {"lead_id": "lead_2"}
RAN_FOR_ANA = Link(hook_id=7, entity="lead_id:lead_1", execution_id="exe_1")


@pytest.mark.parametrize(
    ("data", "entity"),
    [
        ({}, ""),
        ({"lead_id": "lead_1"}, "lead_id:lead_1"),
        ({"call_id": 48213}, "call_id:48213"),
        ({"call_id": "call_9", "lead_id": "lead_1"}, "lead_id:lead_1"),
        ({"call_id": "call_9", "lead_id": ""}, "call_id:call_9"),
        ({"call_id": "call_9", "lead_id": None}, "call_id:call_9"),
        ({"lead_id": 0}, "lead_id:0"),
        ({"phone_number": "+14155550121"}, ""),
        ({"lead_id": "x" * 500}, "lead_id:" + "x" * 192),
    ],
)
def test_an_event_is_about_its_lead_or_else_its_call(data: dict[str, Json], entity: str) -> None:
    assert entity_of(data) == entity


@pytest.mark.parametrize(
    ("chain", "hook_id", "data", "expected"),
    [
        ((), 7, ANA, False),
        ((RAN_FOR_ANA,), 7, ANA, True),
        ((RAN_FOR_ANA,), 7, BEN, False),
        ((RAN_FOR_ANA,), 8, ANA, False),
        ((RAN_FOR_ANA,), 7, {}, False),
        ((Link(hook_id=7, entity="", execution_id="exe_1"),), 7, {}, True),
        ((RAN_FOR_ANA, Link(hook_id=8, entity="lead_id:lead_1", execution_id="exe_2")), 7, ANA, True),
    ],
)
def test_a_hook_stands_in_a_chain_where_it_ran_for_the_same_lead(
    chain: tuple[Link, ...], hook_id: int, data: dict[str, Json], expected: bool
) -> None:
    assert has_run_in(chain, hook_id, data) is expected


def test_what_a_run_makes_descends_from_it_and_from_all_before_it() -> None:
    made = chain_of(event(ANA, chain=(RAN_FOR_ANA,)), execution(id="exe_2", hook_id=8))

    assert made == (RAN_FOR_ANA, Link(hook_id=8, entity="lead_id:lead_1", execution_id="exe_2"))


@given(st.lists(st.integers(1, 9), max_size=8))
def test_a_chain_grows_by_one_run_for_each_event_and_every_run_stands_in_it(hooks: list[int]) -> None:
    came = event(ANA)
    for number, hook_id in enumerate(hooks):
        came = event(ANA, chain=chain_of(came, execution(id=f"exe_{number}", hook_id=hook_id)))

    assert [link.execution_id for link in came.chain] == [f"exe_{number}" for number in range(len(hooks))]
    assert {hook_id for hook_id in range(1, 10) if has_run_in(came.chain, hook_id, ANA)} == set(hooks)


def test_a_chain_comes_to_an_end() -> None:
    assert chain_limit_problem(event(ANA, chain=(RAN_FOR_ANA,) * (LONGEST - 1))) is None
    assert "at the end of a chain of 8 hooks" in (chain_limit_problem(event(ANA, chain=(RAN_FOR_ANA,) * LONGEST)) or "")
