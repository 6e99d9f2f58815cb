"""Which actions are due, what each may read of those before it, and what the whole comes to."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Action, Attempt, ErrorClass, HookDefinition, Run
from engine.rules.retries import Done, GiveUp, RetryAt, Verdict
from engine.rules.sequence import (
    due_in_parallel,
    first_target,
    holds,
    names_of,
    next_in_sequence,
    next_number,
    together,
    tries_of,
    was_interrupted,
    why_not,
)
from tests.unit.samples import AT, attempt, definition, event

A = Action(url="https://a.example.com/")
B = Action(url="https://b.example.com/", when="steps[0].status == 201")
C = Action(url="https://c.example.com/", go_on=True)
D = Action(url="https://d.example.com/")
ACTIONS = (A, B, C, D)

LATER, LATEST = AT + timedelta(minutes=1), AT + timedelta(minutes=2)


def ok(number: int, action: int, status: int = 200) -> Attempt:
    return attempt(number, action, status=status)


def refused(number: int, action: int) -> Attempt:
    return attempt(number, action, status=500, failed=ErrorClass.REJECTED)


def interrupted(number: int, action: int) -> Attempt:
    return attempt(number, action, failed=ErrorClass.INTERRUPTED)


def sequence(run: Run = Run.SEQUENTIAL) -> HookDefinition:
    return definition(actions=ACTIONS, run=run)


# What may be read


def test_an_action_reads_the_event_and_what_each_earlier_action_returned() -> None:
    names = names_of(event({"score": 72}), AT, {}, [attempt(1, 0, status=201, body='{"id": 5}'), refused(2, 2)])

    assert names["score"] == 72
    assert names["steps"] == [
        {
            "ok": True,
            "status": 201,
            "headers": {"content-type": "application/json"},
            "text": '{"id": 5}',
            "json": {"id": 5},
        },
        {"ok": False},
        {"ok": False, "status": 500, "headers": {"content-type": "application/json"}, "text": ""},
    ]


def test_of_an_action_that_was_tried_twice_the_last_try_is_read() -> None:
    (step,) = names_of(event(), AT, {}, [ok(2, 0), refused(1, 0)])["steps"]

    assert (step["ok"], step["status"]) == (True, 200)


def test_a_call_that_nobody_answered_says_only_that_it_failed() -> None:
    assert names_of(event(), AT, {}, [attempt(1, 0, failed=ErrorClass.TIMEOUT)])["steps"] == [{"ok": False}]


def test_the_first_action_has_no_steps_before_it() -> None:
    assert names_of(event(), AT, {}, [])["steps"] == []


# One after the other


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([], 0),
        ([refused(1, 0)], 0),
        ([interrupted(1, 0)], 0),
        ([ok(1, 0, 201)], 1),
        ([ok(1, 0, 200)], 2),
        ([ok(1, 0, 200), refused(2, 2)], 3),
        ([ok(1, 0, 200), interrupted(2, 2)], 2),
        ([ok(1, 0, 201), refused(2, 1)], 1),
        ([ok(1, 0, 201), refused(2, 1), ok(3, 1)], 2),
        ([ok(1, 0, 200), ok(2, 2), refused(3, 3)], 3),
        ([ok(1, 0, 200), ok(2, 2), ok(3, 3)], None),
    ],
)
def test_the_next_action_follows_what_was_tried(attempts: list[Attempt], expected: int | None) -> None:
    assert next_in_sequence(sequence(), attempts, names_of(event(), AT, {}, attempts)) == expected


def test_an_action_that_was_tried_is_tried_again_though_its_condition_holds_no_more() -> None:
    one = definition(actions=(Action(url="https://a.example.com/", when="score > 60"),))

    assert next_in_sequence(one, [refused(1, 0)], {"score": 10}) == 0
    assert next_in_sequence(one, [], {"score": 10}) is None


@pytest.mark.parametrize(
    ("attempts", "url"),
    [
        ([], A.url),
        ([refused(1, 0)], A.url),
        ([ok(1, 0)], B.url),
        ([ok(1, 0), interrupted(2, 2)], C.url),
        ([ok(1, 0), refused(2, 2)], D.url),
        ([ok(1, 0), ok(2, 3)], D.url),
    ],
)
def test_the_address_that_is_called_next_is_that_of_the_action_to_come(attempts: list[Attempt], url: str) -> None:
    assert first_target(sequence(), attempts) == url


def test_all_at_once_the_first_address_stands_for_all() -> None:
    assert first_target(sequence(Run.PARALLEL), [ok(1, 0)]) == A.url


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_a_sequence_ends_whatever_fails_in_between(worked: list[bool]) -> None:
    actions = tuple(Action(url=f"https://{number}.example.com/", go_on=True) for number in range(len(worked)))
    hook, attempts = definition(actions=actions), []
    while (index := next_in_sequence(hook, attempts, {})) is not None:
        number = next_number(attempts)
        attempts.append(ok(number, index) if worked[index] else refused(number, index))

    assert [one.action for one in attempts] == list(range(len(worked)))


# All at once


@pytest.mark.parametrize(
    ("attempts", "given_up", "expected"),
    [
        ([], set(), [0, 2, 3]),
        ([], {0}, [2, 3]),
        ([ok(1, 0), refused(2, 2)], set(), [2, 3]),
        ([ok(1, 0), refused(2, 2), refused(3, 3)], {3}, [2]),
        ([ok(1, 0), refused(2, 1)], set(), [1, 2, 3]),
        ([refused(1, 0), ok(2, 0), ok(3, 2), ok(4, 3)], set(), []),
    ],
)
def test_together_run_all_that_neither_worked_nor_were_given_up(
    attempts: list[Attempt], given_up: set[int], expected: list[int]
) -> None:
    names = names_of(event(), AT, {}, [])

    assert due_in_parallel(sequence(Run.PARALLEL), attempts, names, frozenset(given_up)) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Done()),
        ([Done(), Done()], Done()),
        ([Done(), GiveUp()], GiveUp()),
        ([GiveUp(), GiveUp(gone=True)], GiveUp(gone=True)),
        ([RetryAt(LATEST), RetryAt(LATER), Done()], RetryAt(LATEST)),
        ([GiveUp(gone=True), RetryAt(LATER)], RetryAt(LATER)),
    ],
)
def test_the_whole_waits_for_the_latest_and_fails_if_one_did(verdicts: list[Verdict], expected: Verdict) -> None:
    assert together(verdicts) == expected


# Counting


@pytest.mark.parametrize(
    ("attempts", "number", "tries"),
    [([], 1, 0), ([ok(1, 0)], 2, 1), ([refused(1, 0), ok(2, 1), ok(3, 0)], 4, 2), ([ok(5, 1)], 6, 0)],
)
def test_attempts_are_numbered_on_and_counted_by_action(attempts: list[Attempt], number: int, tries: int) -> None:
    assert (next_number(attempts), tries_of(attempts, 0)) == (number, tries)


# Conditions of actions


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("", ""),
        ("score > 60", ""),
        ("score > 90", "`score > 90` is false: 72 > 90"),
        ("gone > 90", "no field `gone` in this event"),
    ],
)
def test_an_action_runs_unless_its_condition_says_why_not(when: str, reason: str) -> None:
    assert why_not(when, {"score": 72}) == reason
    assert holds(when, {"score": 72}) is (reason == "")


def test_only_a_call_that_the_end_of_the_process_cut_off_was_interrupted() -> None:
    assert [was_interrupted(one) for one in (interrupted(1, 0), refused(1, 0), ok(1, 0))] == [True, False, False]
