"""The one table of what may become of an execution."""

import pytest

from engine.model import Status
from engine.model.states import FINISHED, TABLE, Step, after, started


def test_five_states_are_ends_and_nothing_leaves_them() -> None:
    assert {Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.SHADOWED, Status.SKIPPED} == FINISHED
    assert not {before for before, _ in TABLE} & FINISHED


def test_every_state_is_reached_and_every_step_is_used() -> None:
    begun_with = {Status.PENDING, Status.SHADOWED, Status.HELD, Status.SKIPPED, Status.PARKED}
    assert set(TABLE.values()) | begun_with == set(Status)
    assert {step for _, step in TABLE} == set(Step)


@pytest.mark.parametrize("status", sorted(FINISHED))
@pytest.mark.parametrize("step", Step)
def test_what_is_finished_stays_so(status: Status, step: Step) -> None:
    with pytest.raises(KeyError):
        after(status, step)


def test_only_what_runs_ends_by_its_own() -> None:
    ends = {before for (before, step), _ in TABLE.items() if step in {Step.SUCCEED, Step.WAIT, Step.GIVE_UP}}
    assert ends == {Status.RUNNING}


def test_what_runs_already_goes_on_running() -> None:
    assert [started(status) for status in (Status.RUNNING, Status.PENDING)] == [Status.RUNNING, Status.RUNNING]
