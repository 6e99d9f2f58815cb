from unittest.mock import patch

from engine.process.ids import Ids


def test_ids_grow_also_when_the_clock_goes_back() -> None:
    ids = Ids()
    nanoseconds = iter([5_000_000_000_000_000_000, 4_000_000_000_000_000_000, 4_000_000_000_000_000_000])
    with patch("time.time_ns", lambda: next(nanoseconds)):
        made = [ids.new("evt") for _ in range(3)]

    assert made == sorted(set(made))


def test_many_ids_within_a_millisecond_stay_in_order() -> None:
    ids = Ids()

    made = [ids.new("exe") for _ in range(10_000)]

    assert made == sorted(set(made))
    assert {len(id) for id in made} == {30}
