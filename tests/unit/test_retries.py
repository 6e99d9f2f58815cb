"""When a failed call is made again: the schedule of the specification, and what a receiver asks for."""

from datetime import UTC, datetime, timedelta
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Attempt, AttemptError, ErrorClass, Method, Preset, Request, Response, Retries
from engine.rules.retries import (
    LONGEST,
    LONGEST_AFTER_FAULT,
    SCHEDULES,
    SHORTEST,
    SHORTEST_AFTER_FAULT,
    Done,
    GiveUp,
    RetryAt,
    after_fault,
    asked_pause,
    retries_problem,
    schedule_of,
    timeout_problem,
    verdict,
)

STANDARD = SCHEDULES[Preset.STANDARD]
NOW = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
REQUEST = Request(method=Method.POST, url="https://example.com/", headers={}, body="{}")


def attempt(
    number: int = 1,
    *,
    status: int | None = None,
    error: ErrorClass | None = ErrorClass.REJECTED,
    headers: dict[str, str] | None = None,
) -> Attempt:
    return Attempt(
        number=number,
        action=0,
        started_at=NOW,
        latency_ms=1.0,
        request=REQUEST,
        response=Response(status=status, headers=headers or {}, body="") if status else None,
        error=AttemptError(error_class=error, message="") if error else None,
    )


def pause(text: str, status: int = 429) -> timedelta | None:
    return asked_pause(attempt(status=status, headers={"Retry-After": text}), NOW)


def test_success_is_done() -> None:
    assert verdict(attempt(status=200, error=None), 1, STANDARD, NOW, 0.5) == Done()


def test_ten_attempts_by_the_schedule_and_then_no_more() -> None:
    pauses = []
    for number in range(1, 10):
        follows = verdict(attempt(number, status=500), number, STANDARD, NOW, 0.5)
        assert isinstance(follows, RetryAt)
        pauses.append((follows.when - NOW).total_seconds())

    assert pauses == list(STANDARD)
    assert verdict(attempt(10, status=500), 10, STANDARD, NOW, 0.5) == GiveUp()


@given(st.integers(1, 9), st.floats(0, 1))
def test_pauses_spread_by_a_fifth(number: int, draw: float) -> None:
    follows = verdict(attempt(number, error=ErrorClass.TIMEOUT), number, STANDARD, NOW, draw)

    assert isinstance(follows, RetryAt)
    assert 0.799 <= (follows.when - NOW).total_seconds() / STANDARD[number - 1] <= 1.201


def test_gone_is_final_and_says_so() -> None:
    assert verdict(attempt(status=410), 1, STANDARD, NOW, 0.5) == GiveUp(gone=True)


@pytest.mark.parametrize("error", [ErrorClass.ADDRESS_REFUSED, ErrorClass.TEMPLATE_ERROR])
def test_what_no_retry_can_mend_is_final(error: ErrorClass) -> None:
    assert verdict(attempt(error=error), 1, STANDARD, NOW, 0.5) == GiveUp()


@pytest.mark.parametrize("error", sorted(set(ErrorClass) - {ErrorClass.ADDRESS_REFUSED, ErrorClass.TEMPLATE_ERROR}))
def test_all_else_is_tried_again(error: ErrorClass) -> None:
    assert isinstance(verdict(attempt(error=error), 1, STANDARD, NOW, 0.5), RetryAt)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", SHORTEST),
        ("1000000000", LONGEST),
        ("9" * 400, LONGEST),
        ("Tue, 09 Sep 2025 12:10:00 GMT", timedelta(minutes=10)),
        ("Tue, 09 Sep 2025 11:00:00 GMT", SHORTEST),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("Fri, 31 Dec 9999 23:59:59 -0500", LONGEST),
        ("Mon, 01 Jan 0001 00:00:00 +0500", SHORTEST),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -999999999999999999999", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after(text: str, expected: timedelta | None) -> None:
    assert pause(text) == expected
    assert pause(text, status=503) == expected
    assert pause(text, status=500) is None


DATES = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Fri", "Mon"]),
    st.integers(0, 40),
    st.sampled_from(["Jan", "Dec"]),
    st.integers(0, 10**20) | st.sampled_from([1, 1970, 9999]),
    st.integers(0, 10**10) | st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(-(10**20), 10**20).map("{:+}".format) | st.sampled_from(["GMT", "-0500", "+1400", "-0000", "-9999"]),
)


@given(DATES)
def test_any_date_is_read_or_ignored(text: str) -> None:
    found = pause(text)

    assert found is None or SHORTEST <= found <= LONGEST


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), SHORTEST_AFTER_FAULT),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=2), LONGEST_AFTER_FAULT),
    ],
)
def test_after_a_fault_the_pause_is_as_long_as_the_execution_is_old(age: timedelta, expected: timedelta) -> None:
    assert after_fault(1, NOW - age, NOW) == RetryAt(NOW + expected)


def test_a_fault_that_stays_ends_after_ten_attempts() -> None:
    assert after_fault(9, NOW, NOW) == RetryAt(NOW + SHORTEST_AFTER_FAULT)
    assert after_fault(10, NOW, NOW) == GiveUp()


@given(st.integers(0, 12), st.timedeltas(timedelta(), timedelta(days=400)))
def test_after_a_fault_the_pause_grows_with_age_and_attempts_end(attempts: int, age: timedelta) -> None:
    follows = after_fault(attempts, NOW - age, NOW)

    if attempts >= 10:
        assert follows == GiveUp()
    else:
        assert isinstance(follows, RetryAt)
        assert SHORTEST_AFTER_FAULT <= follows.when - NOW <= LONGEST_AFTER_FAULT


@given(st.text())
def test_any_retry_after_is_read_or_ignored(text: str) -> None:
    found = pause(text)

    assert found is None or SHORTEST <= found <= LONGEST


def test_retry_after_takes_the_place_of_the_pause_and_of_no_attempt() -> None:
    asks = {"headers": {"retry-after": "60"}, "status": 503}

    assert verdict(attempt(1, **asks), 1, STANDARD, NOW, 0.0) == RetryAt(NOW + timedelta(seconds=60))
    assert verdict(attempt(10, **asks), 10, STANDARD, NOW, 0.0) == GiveUp()


@pytest.mark.parametrize("asked", ["0", "1", "Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 09 Sep 2025 12:00:30 GMT"])
def test_a_receiver_can_only_lengthen_the_pause(asked: str) -> None:
    """So an eager one does not use up all attempts within seconds."""
    hurried = attempt(status=503, headers={"Retry-After": asked})

    assert verdict(hurried, 1, (3_000, 3_000), NOW, 0.5) == RetryAt(NOW + timedelta(seconds=3_000))


def test_a_pause_beyond_the_bound_of_retry_after_stays() -> None:
    asks = attempt(status=503, headers={"Retry-After": "1757419200"})

    assert verdict(asks, 1, (604_800,), NOW, 0.5) == RetryAt(NOW + timedelta(weeks=1))
    assert verdict(asks, 1, (5,), NOW, 0.5) == RetryAt(NOW + LONGEST)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 08 Sep 2025 12:00:00 GMT", timedelta(minutes=10)),
        ("Wed, 10 Sep 2025 12:00:00 GMT", SHORTEST),
        ("Mon, 08 Sep 2025 12:00:00 -0000", SHORTEST),
        ("yesterday", SHORTEST),
    ],
)
def test_a_date_counts_from_the_moment_of_the_answer_by_its_own_clock(date: str, expected: timedelta) -> None:
    headers = {"retry-after": "Mon, 08 Sep 2025 12:10:00 GMT", "Date": date}

    assert asked_pause(attempt(status=429, headers=headers), NOW) == expected


def test_the_presets_and_a_list_of_ones_own() -> None:
    assert schedule_of(Preset.SHORT) == (1, 5, 30, 120)
    assert schedule_of(Preset.NONE) == ()
    assert schedule_of((2.5, 60)) == (2.5, 60)
    assert verdict(attempt(1, status=500), 1, (), NOW, 0.5) == GiveUp()


@pytest.mark.parametrize("pauses", [(0.5,), (1,) * 21, (604_801,), (float("nan"),), (float("inf"),)])
def test_a_list_that_makes_no_sense_is_refused(pauses: tuple[float, ...]) -> None:
    assert retries_problem(pauses)


@pytest.mark.parametrize("retries", [*Preset, (), (1, 604_800), (5,) * 20])
def test_a_preset_and_up_to_twenty_pauses_of_a_week_can_be_used(retries: Retries) -> None:
    assert retries_problem(retries) is None


@pytest.mark.parametrize(("seconds", "fits"), [(0.9, False), (1, True), (30, True), (30.1, False), (nan, False)])
def test_a_call_may_take_from_one_to_thirty_seconds(seconds: float, fits: bool) -> None:
    assert (timeout_problem(seconds) is None) is fits


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(400, True), (404, True), (422, True), (408, False), (425, False), (429, False), (500, False)],
)
def test_a_hook_may_take_other_4xx_for_final(status: int, is_final: bool) -> None:
    follows = verdict(attempt(status=status), 1, STANDARD, NOW, 0.5, final_4xx=True)

    assert (follows == GiveUp()) is is_final
    assert isinstance(verdict(attempt(status=status), 1, STANDARD, NOW, 0.5), RetryAt)
