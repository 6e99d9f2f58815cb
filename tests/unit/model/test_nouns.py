"""What the nouns read off themselves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from engine.model import (
    Action,
    Delivery,
    Limits,
    Role,
    Run,
    Task,
    TaskDefinition,
    TaskState,
    User,
    UserState,
)
from engine.model.metrics import Aggregate, Bucket, Window, steps
from tests.unit.samples import AT, attempt, definition

ONE, TWO = (Action(url="https://a.example.com/"),), (Action(url="https://a.example.com/"),) * 2


@pytest.mark.parametrize(
    ("actions", "run", "ordered", "expected"),
    [
        (ONE, Run.SEQUENTIAL, None, False),
        (TWO, Run.SEQUENTIAL, None, True),
        (TWO, Run.PARALLEL, None, False),
        (ONE, Run.SEQUENTIAL, True, True),
        (TWO, Run.SEQUENTIAL, False, False),
    ],
)
def test_sequences_are_ordered_unless_the_hook_says_otherwise(
    actions: tuple[Action, ...], run: Run, ordered: bool | None, expected: bool
) -> None:
    assert definition(actions=actions, run=run, delivery=Delivery(ordered=ordered)).ordered is expected


@pytest.mark.parametrize(
    ("limits", "counts"),
    [
        (Limits(), False),
        (Limits(expires_at=AT), False),
        (Limits(cooldown_minutes=10), True),
        (Limits(max_per_hour=3), True),
    ],
)
def test_what_ran_before_matters_to_a_cooldown_and_to_a_rate(limits: Limits, counts: bool) -> None:
    assert limits.counts is counts


def test_an_attempt_that_nobody_answered_has_no_status() -> None:
    assert attempt().status_code is None
    assert attempt(status=503).status_code == 503


def test_a_task_is_open_until_it_is_done() -> None:
    values = {"id": "tsk_1", "definition": TaskDefinition(title="Call Ana", due_at=AT)}
    values |= {"created_at": AT, "created_by": "ada@example.com", "updated_at": AT}

    assert Task(**values).state is TaskState.OPEN  # type: ignore[arg-type]
    assert Task(**values, done_at=AT).state is TaskState.DONE  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(UserState))
def test_only_who_was_disabled_is(state: UserState) -> None:
    user = User(id=1, email="ada@example.com", role=Role.USER, created_at=AT, state=state)

    assert user.disabled is (state is UserState.DISABLED)


@pytest.mark.parametrize(("aggregate", "value"), [(Aggregate.SUM, 30.0), (Aggregate.AVERAGE, 7.5)])
def test_a_bucket_is_summed_or_averaged(aggregate: Aggregate, value: float) -> None:
    assert Bucket(at=AT, count=4, sum=30.0, min=2.0, max=15.0).value(aggregate) == value


@pytest.mark.parametrize("window", list(Window))
def test_buckets_follow_each_other_without_a_gap_and_the_last_is_not_over(window: Window) -> None:
    until = datetime(2025, 9, 9, 14, 27, 31, tzinfo=UTC)
    begins = steps(window, until)
    step = timedelta(minutes=window.step)

    assert {later - earlier for earlier, later in pairwise(begins)} == {step}
    assert begins[-1] <= until < begins[-1] + step
    assert len(begins) * step == timedelta(minutes=window.minutes)
