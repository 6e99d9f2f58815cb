"""How each action went, read off the attempts."""

from datetime import UTC, datetime

import pytest

from engine.model import (
    Action,
    Attempt,
    AttemptError,
    ErrorClass,
    Event,
    Execution,
    Hook,
    HookDefinition,
    HookType,
    Job,
    Method,
    Request,
    Response,
    Role,
    Run,
    Status,
)
from engine.rules.progress import ActionProgress, ActionState, progress_of

AT = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
REQUEST = Request(method=Method.POST, url="https://a.example.com/", headers={}, body=None)
ACTIONS = (
    Action(url="https://a.example.com/"),
    Action(url="https://b.example.com/", when="steps[0].status == 201"),
    Action(url="https://c.example.com/", go_on=True),
    Action(url="https://d.example.com/"),
)


def course(status: Status, *tried: tuple[int, int], run: Run = Run.SEQUENTIAL) -> list[ActionProgress]:
    """`tried` are actions with the status of each answer; 0 is for a call that was interrupted."""
    event = Event(id="evt_1", type="call.ended", role=Role.AGENT, occurred_at=AT, received_at=AT, data={})
    definition = HookDefinition(title="H", trigger="call.ended", actions=ACTIONS, run=run)
    execution = Execution(
        id="exe_1",
        event_id="evt_1",
        event_type="call.ended",
        hook_id=1,
        hook_version=1,
        hook_title="H",
        hook_type=HookType.OTHER,
        status=status,
        created_at=AT,
        attempts=tuple(attempt(number, *one) for number, one in enumerate(tried, start=1)),
    )
    hook = Hook(id=1, version=1, definition=definition, created_at=AT, updated_at=AT)
    return list(progress_of(Job(execution=execution, event=event, hook=hook), {}))


def attempt(number: int, action: int, code: int) -> Attempt:
    kind = ErrorClass.REJECTED if code else ErrorClass.INTERRUPTED
    return Attempt(
        number=number,
        action=action,
        started_at=AT,
        latency_ms=1.0,
        request=REQUEST,
        response=Response(status=code, headers={}, body="") if code else None,
        error=None if 200 <= code < 300 else AttemptError(error_class=kind, message=""),
    )


D, F, ON, AGAIN, OVER, NOT, AHEAD = ActionState


@pytest.mark.parametrize(
    ("status", "tried", "went"),
    [
        (Status.PENDING, [], [AHEAD, AHEAD, AHEAD, AHEAD]),
        (Status.RUNNING, [(0, 201)], [D, AHEAD, AHEAD, AHEAD]),
        (Status.RUNNING, [(0, 200), (2, 200)], [D, OVER, D, AHEAD]),
        (Status.RETRYING, [(0, 201), (1, 500)], [D, AGAIN, AHEAD, AHEAD]),
        (Status.FAILED, [(0, 201), (1, 500), (1, 500)], [D, F, NOT, NOT]),
        (Status.SUCCEEDED, [(0, 200), (2, 500), (3, 200)], [D, OVER, ON, D]),
        (Status.FAILED, [(0, 200), (2, 410)], [D, OVER, F, NOT]),
        (Status.PENDING, [(0, 200), (2, 0)], [D, OVER, AGAIN, AHEAD]),
        (Status.CANCELLED, [], [NOT, NOT, NOT, NOT]),
    ],
)
def test_a_sequence(status: Status, tried: list[tuple[int, int]], went: list[ActionState]) -> None:
    assert [one.state for one in course(status, *tried)] == went


def test_all_at_once_one_whose_condition_does_not_hold_is_passed_over() -> None:
    told = course(Status.FAILED, (0, 200), (2, 500), (3, 500), run=Run.PARALLEL)

    assert [one.state for one in told] == [D, OVER, ON, F]
    assert not any(one.resumed for one in told)


def test_why_it_was_passed_over_is_told() -> None:
    told = course(Status.RUNNING, (0, 200), (2, 200))[1]

    assert told.reason == "`steps[0].status == 201` is false: 200 == 201"


def test_where_a_retry_went_on_is_told() -> None:
    told = course(Status.SUCCEEDED, (0, 201), (1, 500), (1, 200), (2, 200), (3, 200))

    assert [one.resumed for one in told] == [False, True, False, False]
    assert [len(one.attempts) for one in told] == [1, 2, 1, 1]
