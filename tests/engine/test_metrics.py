"""/record-metric through the whole pipeline, and the limits that are watched, also after a restart."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, EventQuery, Role
from engine.errors import InvalidHook, NotAllowed, NotFound
from engine.events.draft import EventDraft
from engine.model import Actor
from engine.model.metrics import MOST_SERIES, Aggregate, Measurement, MetricKind, Window
from engine.ports import AuditQuery
from engine.settings import EngineSettings
from storage.store import SqlStore
from tests.engine.conftest import ADMIN, eventually
from tests.engine.test_internal import AGENT, ended, save
from tests.storage.conftest import forget

MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
USER = Actor(kind="user", id=3, name="uli@example.com", role=Role.USER)
START = datetime.fromisoformat("2025-09-09T14:27:31+00:00")
LIMIT = {"metric": "talk", "comparison": "above", "threshold": 100, "window": 60}


class Clock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def still(tmp_path: Path, clock: Clock) -> AsyncGenerator[Engine]:
    """An engine that is open and does nothing by itself, at a time of its own."""
    engine = stored(tmp_path, clock)
    await engine.open()
    await engine.metrics.load()
    yield engine
    await engine.close()


def stored(folder: Path, clock: Clock) -> Engine:
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), EngineSettings(version="0.0.0"), clock.now)


async def record(engine: Engine, value: float, label: str = "agent_07", metric: str = "talk") -> None:
    one = Measurement(metric=metric, value=value, kind=MetricKind.MEASURE, at=engine._now(), label=label)
    await engine._store.make((one,), engine._now())


async def alerts(engine: Engine, type: str = "agent.performance_threshold") -> list[dict[str, Any]]:
    """Oldest first."""
    return [dict(one.event.data) for one in (await engine.insight.events(EventQuery(type=type))).items][::-1]


async def test_hooks_count_and_measure(engine: Engine) -> None:
    await save(engine, "/record-metric?metric=calls&label={{ agent_id }}")
    await save(engine, "/record-metric?metric=talk&kind=measure&value={{ call_duration }}")
    data = {"agent_id": "agent_07", "agent_name": "Ava"}
    await engine.accept(
        [
            EventDraft(type="call.ended", data=data | {"call_duration": seconds}, id=None, occurred_at=None)
            for seconds in (30, 60, 120)
        ],
        AGENT,
    )

    async def all_there() -> bool:
        plots = [plot for metric in ("calls", "talk") for plot in await plots_of(engine, metric)]
        return [sum(one.count for one in plot.buckets) for plot in plots] == [3, 3]

    assert await eventually(all_there)
    (calls,) = await engine.metrics.plots("calls", Window.HOUR)
    assert (calls.series.label, calls.series.label_name, calls.series.kind) == ("agent_07", "Ava", MetricKind.COUNT)
    assert calls.whole(Aggregate.SUM) == 3
    (talk,) = await engine.metrics.plots("talk", Window.WEEK)
    assert (talk.series.label, talk.series.kind, talk.whole(Aggregate.AVERAGE)) == ("", MetricKind.MEASURE, 70)
    assert (min(one.min for one in talk.buckets), max(one.max for one in talk.buckets)) == (30, 120)


async def plots_of(engine: Engine, metric: str) -> list[Any]:
    try:
        return await engine.metrics.plots(metric, Window.DAY)
    except NotFound:
        return []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "metric"),
        ("?metric=a%20b", "metric"),
        ("?metric=calls&value=many", "value"),
        ("?metric=calls&value=nan", "value"),
        ("?metric=calls&value=1e300", "value"),
        ("?metric=calls&kind=sum", "kind"),
        ("?metric=calls&labels=x", "labels"),
    ],
)
async def test_what_is_wrong_is_told_by_its_parameter(engine: Engine, query: str, place: str) -> None:
    hook = await save(engine, f"/record-metric{query}")
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)
    response = (await ended(engine, hook)).attempts[-1].response

    assert response.status == 422
    assert f'"field":"{place}"' in response.body
    assert await engine.metrics.series() == []


async def test_a_test_records_nothing(engine: Engine) -> None:
    hook = await save(engine, "/record-metric?metric=calls")
    result = await engine.testing.test(hook, data={}, role=Role.AGENT, send=True, actor=ADMIN)

    assert result.execution
    assert result.execution.attempts[-1].status_code == 200
    assert await engine.metrics.series() == []


async def test_series_beyond_the_bound_are_refused_and_known_ones_go_on(still: Engine) -> None:
    for number in range(MOST_SERIES):
        assert still.metrics.admits("calls", f"label {number}")
    assert not still.metrics.admits("calls", "one more")
    assert still.metrics.admits("calls", "label 7")


async def test_a_limit_tells_at_the_crossing_and_again_after_it_came_back(still: Engine, clock: Clock) -> None:
    await still.metrics.save_limit(LIMIT, actor=MANAGER)
    for value, told in ((90, 0), (200, 1), (200, 1), (200, 1)):
        await record(still, value)
        await still.metrics.look()
        assert len(await alerts(still)) == told
    (first,) = await alerts(still)
    assert first == {
        "agent_id": "agent_07",
        "metric": "talk",
        "value": 145,
        "threshold": 100,
        "comparison": "above",
        "window": 60,
    }
    assert set(first) <= set(still.catalogue.get("agent.performance_threshold").fields)

    clock.at += timedelta(minutes=61)
    await still.metrics.look()  # an empty window says nothing
    (standing,) = await still.metrics.standings()
    assert standing.beyond
    await record(still, 50)
    await still.metrics.look()
    (standing,) = await still.metrics.standings()
    assert (standing.beyond, standing.since) == (False, clock.at)
    await record(still, 5_000)
    await still.metrics.look()
    assert len(await alerts(still)) == 2


async def test_each_label_stands_by_itself(still: Engine) -> None:
    await still.metrics.save_limit(LIMIT, actor=MANAGER)
    await still.metrics.save_limit(LIMIT | {"label": "agent_11", "threshold": 10}, actor=MANAGER)
    await record(still, 200, "agent_07")
    await record(still, 20, "agent_11")
    await record(still, 900, "agent_07", metric="other")
    await still.metrics.look()

    told = {(alert["agent_id"], alert["threshold"]) for alert in await alerts(still)}
    assert told == {("agent_07", 100), ("agent_11", 10)}


async def test_a_sum_that_falls_silent_is_told_by_the_tick(still: Engine, clock: Clock) -> None:
    raw = {
        "metric": "answered",
        "comparison": "below",
        "threshold": 2,
        "window": 30,
        "aggregate": "sum",
        "event": "campaign.performance_alert",
        "severity": "high",
    }
    await still.metrics.save_limit(raw, actor=MANAGER)
    await record(still, 1, "cmp_31", "answered")
    await still.metrics.look()
    assert await alerts(still, "campaign.performance_alert") == []  # the series is younger than the window

    clock.at += timedelta(minutes=45)
    await still.metrics.look()
    await still.metrics.look()
    (alert,) = await alerts(still, "campaign.performance_alert")
    assert (alert["campaign_id"], alert["value"], alert["severity"]) == ("cmp_31", 0, "high")
    assert set(alert) <= set(still.catalogue.get("campaign.performance_alert").fields)


async def test_where_a_limit_stands_survives_a_restart(tmp_path: Path, clock: Clock) -> None:
    before = stored(tmp_path, clock)
    await before.open()
    await before.metrics.save_limit(LIMIT, actor=MANAGER)
    await record(before, 200)
    await before.metrics.look()
    await before.close()

    after = stored(tmp_path, clock)
    await after.open()
    await after.metrics.load()
    await record(after, 300)
    await after.metrics.look()
    assert [saved.limit.metric for saved in after.metrics.limits] == ["talk"]
    assert len(await alerts(after)) == 1
    await after.close()


async def test_a_limit_that_runs_is_told_of_by_itself(engine: Engine) -> None:
    """By the role System, so that hooks of that role hear of it."""
    await engine.metrics.save_limit(LIMIT | {"metric": "calls", "aggregate": "sum", "threshold": 1}, actor=MANAGER)
    await save(engine, "/record-metric?metric=calls")
    hook = await save(engine, "/echo", trigger="agent.performance_threshold", role="system")
    for _ in range(3):
        await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)

    execution = await ended(engine, hook)
    assert (await engine.executions.get(execution.id)).event.role is Role.SYSTEM


async def test_a_limit_that_was_changed_is_watched_anew_and_one_that_is_off_says_nothing(still: Engine) -> None:
    saved = await still.metrics.save_limit(LIMIT, actor=MANAGER)
    await record(still, 200)
    await still.metrics.look()
    await still.metrics.save_limit(LIMIT | {"enabled": False}, actor=MANAGER, limit_id=saved.id)
    await still.metrics.look()
    assert len(await alerts(still)) == 1
    await still.metrics.save_limit(LIMIT, actor=MANAGER, limit_id=saved.id)
    await still.metrics.look()
    assert len(await alerts(still)) == 2

    await still.metrics.delete_limit(saved.id, actor=MANAGER)
    assert (still.metrics.limits, await still.metrics.standings()) == ((), [])
    actions = [entry.action for entry in (await still.audit.entries(AuditQuery(action="limit"), actor=ADMIN)).items]
    assert actions == ["limit.deleted", "limit.saved", "limit.saved", "limit.saved"]


async def test_who_may_change_limits_and_what_is_refused(still: Engine) -> None:
    with pytest.raises(NotAllowed):
        await still.metrics.save_limit(LIMIT, actor=USER)
    with pytest.raises(NotAllowed):
        await still.metrics.delete_limit(1, actor=USER)
    with pytest.raises(NotFound):
        await still.metrics.save_limit(LIMIT, actor=MANAGER, limit_id=9)
    with pytest.raises(InvalidHook) as refused:
        await still.metrics.save_limit({"metric": "x", "comparison": "over", "threshold": "many"}, actor=MANAGER)
    assert set(refused.value.problems) == {"comparison", "threshold"}


async def test_old_minutes_and_hours_are_forgotten_and_then_the_series(still: Engine, clock: Clock) -> None:
    await still.metrics.save_limit(LIMIT, actor=MANAGER)
    await record(still, 200)
    await still.metrics.look()
    keep = timedelta(days=30)

    clock.at += timedelta(days=3)
    await forget(still._store, clock.at - keep, now=clock.at)
    (week,) = await still.metrics.plots("talk", Window.WEEK)
    assert week.whole(Aggregate.SUM) == 200
    (day,) = await still.metrics.plots("talk", Window.DAY)
    assert day.buckets == ()

    clock.at += keep
    await forget(still._store, clock.at - keep, now=clock.at)
    assert (await still.metrics.series(), await still.metrics.standings()) == ([], [])
