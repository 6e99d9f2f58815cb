"""Times as senders write them, and what conditions ask of them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.condition import compile_condition
from engine.expressions.moments import as_instant, as_moment, as_time, kind_of, zone_named
from tests import examples

checked = examples.checked(400)

NOW = datetime(2025, 9, 9, 10, 30, tzinfo=UTC)
NAMES: dict[str, Any] = {
    "now": NOW,
    "timezone": "Europe/Berlin",
    "elsewhere": "Mars/Phobos",
    "local": "2025-09-09T12:30:00",
    "day": "2025-09-09",
    "seconds": 1_757_413_800,
    "milliseconds": "1757413800000",
    "first": "0001-01-01T00:00:00Z",
    "last": "9999-12-31T23:59:59Z",
    "nothing": None,
}


@pytest.mark.parametrize(
    "written",
    [
        "2025-09-09T10:30:00Z",
        "2025-09-09t10:30:00z",
        "2025-09-09 10:30:00 UTC",
        "2025-09-09T10:30:00+0000",
        "2025-09-09T12:30+02:00",
        "2025-09-09T12:30:00.000+02",
        " 2025-09-09T05:00-0530 ",
        1_757_413_800,
        1_757_413_800.0,
        "1757413800",
        1_757_413_800_000,
        "1757413800000",
        datetime(2025, 9, 9, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_one_instant_in_many_spellings(written: Any) -> None:
    assert as_time(written) == NOW
    assert as_instant(written) == NOW
    names = {**NAMES, "x": written}
    assert compile_condition("seconds_between(x, now) == 0 and time(x) == now").evaluate(names) is True


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        5,
        90.5,
        20_250_909,
        10**18,
        float("nan"),
        "",
        "today",
        "20250909",
        "2025-02-31",
        "2025-09-09T24:30Z",
        "2025-09-09T10:30:00+99:00",
        "9999-12-31T23:59:60Z",
        "2025-09-09T10",
        "09/09/2025",
        "2025-09-09T10:30:00Z and more of it, a whole sentence",
        [],
        {},
    ],
)
def test_what_is_no_time(value: Any) -> None:
    assert as_time(value) is None
    assert as_moment(value) is None
    assert compile_condition("time(x) == now").evaluate({**NAMES, "x": value}) is None


def test_kinds_of_moments() -> None:
    assert [kind_of(m) for m in (NOW, NOW.replace(tzinfo=None), date(2025, 9, 9))] == [
        "time",
        "time without a zone",
        "date",
    ]
    assert as_moment("2025-09-09") == date(2025, 9, 9)
    assert as_moment("2025-09-09T10:30") == NOW.replace(tzinfo=None)
    assert as_instant("2025-09-09") is None
    assert as_instant("2025-09-09T10:30") is None


def test_a_leap_second_is_the_next_one() -> None:
    assert as_time("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)


def test_an_hour_that_is_shown_twice_is_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2025, 10, 26, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))

    assert compile_condition("a < b").evaluate({"a": first, "b": second}) is True
    assert compile_condition("local_time(a, timezone) == a").evaluate({**NAMES, "a": as_time(first)}) is True


@pytest.mark.parametrize("name", ["", "Mars/Phobos", "../etc/passwd", "Europe", "/UTC", "x" * 200, "a\x00b", 5, None])
def test_what_names_no_zone(name: Any) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize(
    "source",
    [
        "hour(now, timezone) == 12",
        'hour(now, "America/New_York") == 6',
        "hour(seconds, timezone) == hour(milliseconds, timezone)",
        'weekday(now, timezone) == "tue"',
        'weekday("2025-09-08T23:00:00Z", timezone) == "tue"',
        'weekday("2025-09-08T23:00:00Z", "UTC") == "mon"',
        'weekday(day, "Pacific/Honolulu") == "tue"',
        'weekday(now, timezone) not in ["sat", "sun"] and 9 <= hour(now, timezone) < 18',
        "local_time(now, timezone) == now",
        'text(local_time(now, timezone)) == "2025-09-09T12:30:00+02:00"',
        "time(local, timezone) == now",
        'time(now, "America/New_York") == now',
        'time(day, timezone) == "2025-09-08T22:00:00Z"',
        'time("2025-10-26T02:30", timezone) == "2025-10-26T00:30:00Z"',
        'seconds_between("2025-09-09T10:29+0000", now) == 60',
        "seconds_between(day, now) == 37800",
        'seconds_between(local, "2025-09-09 12:31") == 60',
        "seconds_between(seconds, milliseconds) == 0",
        'days_between("2025-09-01", day) == 8',
        'days_between(now, "2025-09-08T22:30:00Z") == -0.5',
        "days_between(first, last) > 3652000",
    ],
)
def test_yes(source: str) -> None:
    assert compile_condition(source).explain(NAMES).verdict is True


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("hour(now, zone) > 9", "no field `zone` in this event"),
        (
            "hour(now, elsewhere) > 9",
            'hour() needs a time zone such as Europe/Berlin, and `elsewhere` is the text "Mars/Phobos"',
        ),
        ("hour(now, nothing) > 9", "hour() needs a time zone such as Europe/Berlin, and `nothing` is null"),
        ("hour(local, timezone) > 9", 'hour() needs a time with a zone, and `local` is the text "2025-09-09T12:30:00"'),
        ("hour(day, timezone) > 9", 'hour() needs a time with a zone, and `day` is the text "2025-09-09"'),
        (
            'weekday(local, timezone) == "tue"',
            'weekday() needs a date, or a time with a zone, and `local` is the text "2025-09-09T12:30:00"',
        ),
        (
            "time(local) > now",
            '`time(local)` has no answer: the time has no zone; time(x, "Europe/Berlin") gives it one',
        ),
        (
            "seconds_between(local, now) > 1",
            (
                "`seconds_between(local, now)` has no answer: one of the times has no zone; "
                'time(x, "Europe/Berlin") gives it one'
            ),
        ),
        (
            "days_between(now, local) > 1",
            (
                "`days_between(now, local)` has no answer: one of the times has no zone; "
                'time(x, "Europe/Berlin") gives it one'
            ),
        ),
        (
            'hour(first, "America/New_York") > 1',
            '`hour(first, "America/New_York")` has no answer: it would lie outside of the years 1 to 9999',
        ),
        (
            'weekday(last, "Asia/Tokyo") == "sat"',
            '`weekday(last, "Asia/Tokyo")` has no answer: it would lie outside of the years 1 to 9999',
        ),
        (
            'local_time(last, "Asia/Tokyo") > now',
            '`local_time(last, "Asia/Tokyo")` has no answer: it would lie outside of the years 1 to 9999',
        ),
        ("time(5) > now", "time() needs a time, and got the number 5"),
    ],
)
def test_unknown_is_named(source: str, reason: str) -> None:
    explanation = compile_condition(source).explain(NAMES)

    assert explanation.verdict is None
    assert explanation.reason == reason


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.datetimes(timezones=st.timezones() | st.none() | st.just(UTC))
    | st.datetimes().map(str)
    | st.dates().map(str)
    | st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01", "9999-12-31T23:59"])
)
zones = st.text(max_size=12) | st.timezone_keys() | st.integers()


@checked
@given(values, values, zones)
def test_nothing_raises_and_all_is_explained(a: Any, b: Any, zone: Any) -> None:
    names = {"a": a, "b": b, "z": zone, "now": NOW}
    for term in (
        "time(a)",
        "time(a, z)",
        "hour(a, z)",
        "weekday(a, z)",
        "local_time(a, z)",
        "seconds_between(a, b)",
        "days_between(time(a, z), b)",
    ):
        for relation in (f"{term} == b", f"{term} < now"):
            condition = compile_condition(relation)
            assert condition.evaluate(names) is condition.explain(names).verdict
