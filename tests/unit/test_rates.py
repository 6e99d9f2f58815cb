"""The bucket of a key: never more than its rate in the long run, a minute at once, and nobody waits for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.people.rates import MOST, Rates


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_at_once_and_then_evenly() -> None:
    clock = Clock()
    rates = Rates(clock)

    assert [rates.take(1, 60) for _ in range(60)] == [0.0] * 60
    assert rates.take(1, 60) == pytest.approx(1.0)
    clock.now += 1.0
    assert rates.take(1, 60) == 0.0
    assert rates.take(1, 60) > 0.0
    assert rates.take(2, 60) == 0.0


def test_what_an_array_takes_beyond_its_call_is_waited_for() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert rates.take(1, 60) == 0.0
    rates.charge(1, 99)

    assert rates.take(1, 60) == pytest.approx(41.0)
    clock.now += 41.0
    assert rates.take(1, 60) == 0.0


def test_a_key_without_a_call_owes_nothing() -> None:
    rates = Rates(Clock())
    rates.charge(1, 10**9)

    assert rates.take(1, 1) == 0.0


@given(
    st.integers(1, 600),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 50)), min_size=1, max_size=60),
    st.floats(0, 1),
)
def test_in_no_time_more_than_its_rate(rate: int, calls: list[tuple[float, int]], part: float) -> None:
    clock = Clock()
    rates, taken, largest, began = Rates(clock), 0, 0, clock.now
    for pause, size in calls:
        clock.now += pause * part
        wait = rates.take(1, rate)
        if wait:
            clock.now += wait + 1e-6
            assert rates.take(1, rate) == 0.0
        rates.charge(1, size - 1)
        taken, largest = taken + size, max(largest, size)

    assert taken <= rate + (clock.now - began) * rate / 60 + largest + 1e-3


def test_the_keys_that_are_kept_in_mind_are_bounded() -> None:
    rates = Rates(Clock())
    for key_id in range(MOST + 10):
        rates.take(key_id, 1)

    assert len(rates._buckets) == MOST
