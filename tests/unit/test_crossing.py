"""Limits of metrics: what is beyond, when it is told, and that it is told once for each time out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.commands import Plot, crossing_data
from engine.metrics.limits import is_beyond, limit_problems, metric_problem, turn, value_of
from engine.model.metrics import (
    Aggregate,
    AlertEvent,
    Bucket,
    Comparison,
    Limit,
    MetricKind,
    Series,
    Severity,
    Window,
    steps,
)

NOW = datetime(2025, 9, 9, 14, 27, 31, tzinfo=UTC)


def limit(**changed: object) -> Limit:
    return Limit(**{"metric": "rate", "comparison": Comparison.ABOVE, "threshold": 10.0, **changed})  # type: ignore[arg-type]


def series(age: timedelta = timedelta(days=1), label: str = "agent_07") -> Series:
    return Series(
        id=1,
        metric="rate",
        label=label,
        label_name="Ava",
        kind=MetricKind.MEASURE,
        created_at=NOW - age,
        last_at=NOW,
    )


def bucket(*values: float) -> Bucket:
    return Bucket(at=NOW, count=len(values), sum=sum(values), min=min(values), max=max(values))


@pytest.mark.parametrize(
    ("comparison", "value", "beyond"),
    [
        (Comparison.ABOVE, 10.1, True),
        (Comparison.ABOVE, 10, False),
        (Comparison.BELOW, 9.9, True),
        (Comparison.BELOW, 10, False),
    ],
)
def test_on_the_limit_is_not_beyond_it(comparison: Comparison, value: float, beyond: bool) -> None:
    assert is_beyond(limit(comparison=comparison), value) is beyond


@given(st.lists(st.none() | st.floats(0, 20)), st.sampled_from(Comparison))
def test_it_is_told_once_for_each_time_that_the_value_goes_beyond(
    values: list[float | None], comparison: Comparison
) -> None:
    """Against the plain definition: of the values that are known, those beyond that follow one within, or nothing."""
    watched = limit(comparison=comparison)
    stands: bool | None = None
    fired: list[int] = []
    for place, value in enumerate(values):
        beyond = turn(watched, stands, value)
        if beyond is not None:
            stands = beyond
            if beyond:
                fired.append(place)
    known = [(place, is_beyond(watched, value)) for place, value in enumerate(values) if value is not None]
    starts = [place for n, (place, beyond) in enumerate(known) if beyond and (n == 0 or not known[n - 1][1])]
    assert fired == starts


def test_what_a_value_is_over_a_window() -> None:
    average, total = limit(), limit(aggregate=Aggregate.SUM)
    below = limit(aggregate=Aggregate.SUM, comparison=Comparison.BELOW, window=60)

    assert value_of(average, bucket(1, 2, 6), series(), NOW) == 3
    assert value_of(average, None, series(), NOW) is None
    assert value_of(total, bucket(1, 2, 6), series(), NOW) == 9
    assert value_of(total, None, series(), NOW) == 0
    assert value_of(below, None, series(), NOW) == 0
    assert value_of(below, bucket(1), series(timedelta(minutes=59)), NOW) is None  # it may still grow


def test_the_events_say_what_the_catalogue_names() -> None:
    assert crossing_data(limit(), series(), 12.3456789) == {
        "agent_id": "agent_07",
        "agent_name": "Ava",
        "metric": "rate",
        "value": 12.345679,
        "threshold": 10.0,
        "comparison": "above",
        "window": 60,
    }
    alert = crossing_data(limit(event=AlertEvent.CAMPAIGN, severity=Severity.HIGH), series(), 11)
    assert (alert["campaign_id"], alert["campaign_name"], alert["severity"]) == ("agent_07", "Ava", "high")
    assert "agent_id" not in crossing_data(limit(), series(label=""), 11)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"metric": ""}, "metric"),
        ({"metric": "a b"}, "metric"),
        ({"threshold": float("nan")}, "threshold"),
        ({"threshold": 1e16}, "threshold"),
        ({"window": 0}, "window"),
        ({"window": 1_441}, "window"),
        ({"label": "x" * 101}, "label"),
        ({"label": "agent\n7"}, "label"),
        ({"label": "\u200b"}, "label"),
    ],
)
def test_what_is_wrong_with_a_limit(changed: dict[str, object], field: str) -> None:
    assert list(limit_problems(limit(**changed))) == [field]
    assert limit_problems(limit()) == {}
    assert metric_problem("talk.seconds_2-x") is None


@pytest.mark.parametrize("window", Window)
def test_a_window_has_a_point_for_each_of_its_steps_and_ends_now(window: Window) -> None:
    found = steps(window, NOW)

    assert len(found) == window.minutes // window.step
    assert found[-1] <= NOW < found[-1] + timedelta(minutes=window.step)
    assert {later - one for one, later in pairwise(found)} == {timedelta(minutes=window.step)}
    assert found[-1].timestamp() % (window.step * 60) == 0


def test_what_has_nothing_is_0_as_a_sum_and_no_average() -> None:
    last = steps(Window.HOUR, NOW)[-1]
    one = Bucket(at=last, count=2, sum=10, min=4, max=6)
    plot = Plot(series=series(), window=Window.HOUR, until=NOW, buckets=(one,))

    assert plot.points(Aggregate.SUM)[-2:] == [(last - timedelta(minutes=1), 0.0), (last, 10)]
    assert plot.points(Aggregate.AVERAGE)[-2:] == [(last - timedelta(minutes=1), None), (last, 5)]
    assert (plot.whole(Aggregate.SUM), plot.whole(Aggregate.AVERAGE)) == (10, 5)
    assert Plot(series=series(), window=Window.HOUR, until=NOW, buckets=()).whole(Aggregate.AVERAGE) is None
