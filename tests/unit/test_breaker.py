"""A target that fails 7 of 10 calls within a minute is paused, and probed with one call at a time."""

from datetime import UTC, datetime

import pytest

from engine.delivery.breaker import Breaker, in_trouble, target_of
from engine.model import Attempt, AttemptError, ErrorClass, Method, Request, Response

TARGET = "https://api.example.com"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def attempt(status: int | None = 200, error: ErrorClass | None = None) -> Attempt:
    if error is None and (status is None or status >= 300):
        error = ErrorClass.REJECTED
    return Attempt(
        number=1,
        action=0,
        started_at=datetime(2025, 9, 9, tzinfo=UTC),
        latency_ms=1.0,
        request=Request(method=Method.POST, url=f"{TARGET}/in", headers={}, body=None),
        response=Response(status=status, headers={}, body="") if status else None,
        error=AttemptError(error_class=error, message="") if error else None,
    )


FINE, BAD = attempt(200), attempt(500)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def pause(breaker: Breaker, clock: Clock) -> None:
    for result in [FINE] * 3 + [BAD] * 7:
        clock.now += 1
        breaker.record(TARGET, result)


def test_six_failures_of_ten_are_borne(breaker: Breaker, clock: Clock) -> None:
    for result in [FINE] * 4 + [BAD] * 6:
        breaker.record(TARGET, result)

    assert breaker.claim(TARGET) == 0
    assert breaker.paused() == {}


def test_seven_of_ten_pause_the_target_and_no_other(breaker: Breaker, clock: Clock) -> None:
    pause(breaker, clock)

    assert breaker.claim(TARGET) == 5
    assert breaker.claim("https://other.example.com") == 0
    assert breaker.paused() == {TARGET: 5}


def test_failures_over_more_than_a_minute_are_borne(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        clock.now += 7
        breaker.record(TARGET, BAD)

    assert breaker.claim(TARGET) == 0


def test_after_the_pause_one_call_probes_and_all_others_wait(breaker: Breaker, clock: Clock) -> None:
    pause(breaker, clock)
    clock.now += 5

    assert breaker.claim(TARGET) == 0
    assert breaker.claim(TARGET) > 0
    breaker.record(TARGET, FINE)
    assert [breaker.claim(TARGET) for _ in range(3)] == [0, 0, 0]


def test_a_probe_that_fails_doubles_the_pause_up_to_a_minute(breaker: Breaker, clock: Clock) -> None:
    pause(breaker, clock)
    pauses = []
    for _ in range(6):
        clock.now += breaker.claim(TARGET)
        assert breaker.claim(TARGET) == 0
        breaker.record(TARGET, BAD)
        pauses.append(breaker.claim(TARGET))

    assert pauses == [10, 20, 40, 60, 60, 60]


def test_a_probe_that_came_to_nothing_lets_another_go(breaker: Breaker, clock: Clock) -> None:
    pause(breaker, clock)
    clock.now += 5
    breaker.claim(TARGET)
    breaker.give_back(TARGET)

    assert breaker.claim(TARGET) == 0


def test_calls_from_before_the_pause_change_nothing(breaker: Breaker, clock: Clock) -> None:
    pause(breaker, clock)
    breaker.record(TARGET, FINE)
    breaker.record(TARGET, BAD)

    assert breaker.claim(TARGET) == 5


def test_memory_is_bounded_and_keeps_the_paused(
    breaker: Breaker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.breaker.MOST_TARGETS", 10)
    pause(breaker, clock)
    for number in range(100):
        breaker.record(f"https://{number}.example.com", BAD)

    assert len(breaker._targets) <= 10
    assert TARGET in breaker.paused()


@pytest.mark.parametrize(
    ("result", "is_trouble"),
    [
        (attempt(200), False),
        (attempt(404), False),
        (attempt(410), False),
        (attempt(429), True),
        (attempt(500), True),
        (attempt(None, ErrorClass.TIMEOUT), True),
        (attempt(None, ErrorClass.CONNECTION_REFUSED), True),
        (attempt(None, ErrorClass.ADDRESS_REFUSED), False),
        (attempt(None, ErrorClass.TEMPLATE_ERROR), False),
    ],
)
def test_only_what_speaks_against_the_target_as_a_whole_counts(result: Attempt, is_trouble: bool) -> None:
    assert in_trouble(result) is is_trouble


def test_a_target_is_scheme_host_and_port() -> None:
    assert target_of("https://API.example.com:8443/a?b=c") == "https://api.example.com:8443"
