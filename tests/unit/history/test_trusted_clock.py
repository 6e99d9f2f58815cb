"""By which time what is stored grows old."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.history.trusted_clock import TrustedTime, advanced, as_json, from_json

START = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("wall", "at"),
    [(HOUR, HOUR), (1.5 * HOUR, 1.5 * HOUR), (-1_000 * HOUR, -1_000 * HOUR), (2 * HOUR, HOUR), (9_000 * HOUR, HOUR)],
)
def test_a_clock_that_is_an_hour_ahead_is_not_trusted(wall: timedelta, at: timedelta) -> None:
    assert advanced(TrustedTime(START), HOUR, START + wall).at == START + at


def test_it_is_trusted_after_a_day_of_running_time() -> None:
    time, ahead = TrustedTime(START), timedelta(days=365)
    for hour in range(1, 24):
        time = advanced(time, HOUR, START + ahead + hour * HOUR)
        assert time == TrustedTime(START + hour * HOUR, hour * HOUR)

    assert advanced(time, HOUR, START + ahead + 24 * HOUR) == TrustedTime(START + ahead + 24 * HOUR)


def test_it_is_kept_as_json() -> None:
    time = TrustedTime(START, HOUR)

    assert from_json(as_json(time)) == time
    assert from_json(None) is None
