"""The index of hooks: which are asked about an event, and how it changes when one is saved or deleted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.condition import Condition, ConditionError
from engine.model import SCHEDULED, Event
from engine.rules.index import HookIndex, build_index, compile_hook, concerns
from tests.unit.samples import event, hook


def asked(index: HookIndex, came: Event) -> list[int]:
    return [one.hook.id for one in index.candidates(came)]


def test_enabled_hooks_of_the_type_are_asked_by_their_age() -> None:
    hooks = [hook(9), hook(2), hook(4, enabled=False), hook(5, trigger="sms.sent")]

    assert asked(build_index(1, hooks), event()) == [2, 9]


def test_an_event_that_no_hook_waits_for_is_put_to_none() -> None:
    assert asked(build_index(1, [hook()]), event(type="sms.sent")) == []


def test_what_the_clock_makes_is_put_to_its_hook_alone() -> None:
    index = build_index(1, [hook(1, trigger=SCHEDULED), hook(2, trigger=SCHEDULED)])

    assert asked(index, event({"hook_id": 2}, type=SCHEDULED)) == [2]


@pytest.mark.parametrize(
    ("came", "hook_id", "expected"),
    [
        (event({"hook_id": 2}), 1, True),
        (event({"hook_id": 2}, type=SCHEDULED), 2, True),
        (event({"hook_id": 2}, type=SCHEDULED), 1, False),
        (event({"hook_id": 2}, type=SCHEDULED), None, False),
        (event({}, type=SCHEDULED), 1, True),
        (event({}, type=SCHEDULED), None, True),
    ],
)
def test_an_event_concerns_every_hook_unless_the_clock_made_it_for_another(
    came: Event, hook_id: int | None, expected: bool
) -> None:
    assert concerns(hook_id, came) is expected


def test_a_hook_that_is_saved_takes_the_place_of_its_last_version() -> None:
    index = build_index(1, [hook(1), hook(2)]).with_hook(hook(1, version=2, enabled=False), 2)

    assert (index.revision, index.by_id[1].hook.version) == (2, 2)
    assert asked(index, event()) == [2]


def test_a_hook_that_is_deleted_is_asked_no_more() -> None:
    index = build_index(1, [hook(1), hook(2)]).without(1, 2)

    assert (index.revision, set(index.by_id), asked(index, event())) == (2, {2}, [2])


def test_news_that_come_late_do_not_turn_the_revision_back() -> None:
    index = build_index(5, [hook(1)])

    assert index.with_hook(hook(2), 3).revision == 5
    assert index.without(1, 4).revision == 5


def test_a_condition_that_no_longer_compiles_is_kept_with_its_error() -> None:
    assert isinstance(compile_hook(hook(condition="score > 60")).condition, Condition)
    assert isinstance(compile_hook(hook(condition="score >")).condition, ConditionError)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.booleans())))
def test_change_by_change_it_is_what_it_would_be_if_built_at_once(changes: list[tuple[int, bool, bool]]) -> None:
    index, hooks = HookIndex(), {}
    for number, (hook_id, enabled, deleted) in enumerate(changes, start=1):
        saved = hook(hook_id, version=number, enabled=enabled)
        hooks.pop(hook_id, None)
        if not deleted:
            hooks[hook_id] = saved
        index = index.without(hook_id, number) if deleted else index.with_hook(saved, number)

    assert index == build_index(len(changes), hooks.values())
