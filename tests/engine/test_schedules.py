"""Hooks on a schedule through the whole corridor: each for itself, once, late where they must be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from engine import Bounds, Engine, EventQuery, ExecutionQuery, InvalidEvent, InvalidHook, Json, Role, Status
from engine.events.parsing import read_events
from tests.engine.conftest import ADMIN, Api, Receiver, eventually, new_engine

NOW = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)
EVERY_MINUTE: dict[str, Json] = {"every_minutes": 1}


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def raw(url: str = "https://example.com/", schedule: Json = EVERY_MINUTE, **changes: Json) -> dict[str, Json]:
    return {"title": "Report", "trigger": "schedule.due", "schedule": schedule, "actions": [{"url": url}], **changes}


async def ticks(engine: Engine) -> list[dict[str, Json]]:
    page = await engine.insight.events(EventQuery(type="schedule.due", limit=500))
    return [dict(one.event.data) for one in reversed(page.items)]


async def sweep(engine: Engine) -> None:
    while await engine.parts.delivery.sweep.fire_due():
        pass


@pytest.fixture
async def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def engine(tmp_path: Path, clock: Clock):
    engine = new_engine(tmp_path, clock)
    await engine.start()
    yield engine
    await engine.stop()


async def test_a_hook_runs_when_its_time_has_come_for_an_event_of_its_own(
    engine: Engine, clock: Clock, receiver: Receiver
) -> None:
    hook = await engine.hooks.save(raw(receiver.url), actor=ADMIN)
    await engine.hooks.save(raw(receiver.url + "/daily", {"cron": "0 9 * * *"}), actor=ADMIN)
    await sweep(engine)
    assert await ticks(engine) == []

    clock.now = NOW + timedelta(seconds=30.2)
    engine.parts.delivery.sweep.wake()

    assert await eventually(lambda: receiver.bodies)
    sent = orjson.loads(receiver.bodies[0])
    assert sent["type"] == "schedule.due"
    assert sent["data"] == {
        "hook_id": hook.id,
        "planned_at": "2026-11-25T12:01:00Z",
        "fired_at": "2026-11-25T12:01:00Z",
        "late_seconds": 0,
        "schedule": "Every minute, UTC",
    }
    assert receiver.paths == ["/in"]
    (execution,) = (await engine.executions.page(ExecutionQuery())).items
    decided = await engine.insight.decisions(execution.event_id)
    assert [one.id for one in decided.hooks] == [hook.id]


async def test_every_time_comes_once(engine: Engine, clock: Clock, receiver: Receiver) -> None:
    await engine.hooks.save(raw(receiver.url), actor=ADMIN)
    for minute in range(1, 4):
        clock.now = NOW + timedelta(minutes=minute)
        await sweep(engine)

    planned = [one["planned_at"] for one in await ticks(engine)]
    assert planned == [f"2026-11-25T12:0{minute}:00Z" for minute in (1, 2, 3)]

    async def all_ran() -> bool:
        return len((await engine.executions.page(ExecutionQuery(status=Status.SUCCEEDED))).items) == 3

    assert await eventually(all_ran)


async def test_what_was_missed_while_the_process_was_down_comes_once_and_says_how_late(tmp_path: Path) -> None:
    clock = Clock(NOW)
    folder = tmp_path / "down"
    folder.mkdir()
    engine = new_engine(folder, clock)
    await engine.start()
    await engine.hooks.save(raw(schedule={"cron": "0 * * * *"}), actor=ADMIN)
    await engine.stop()

    clock.now = NOW + timedelta(hours=5)
    engine = new_engine(folder, clock)
    await engine.start()
    try:
        assert await eventually(lambda: ticks(engine))
        await sweep(engine)
        (one,) = await ticks(engine)
        assert (one["planned_at"], one["late_seconds"]) == ("2026-11-25T13:00:00Z", 4 * 3_600 + 30)
        clock.now = NOW + timedelta(hours=5, minutes=59, seconds=30)
        await sweep(engine)
        assert [one["planned_at"] for one in await ticks(engine)][1:] == ["2026-11-25T18:00:00Z"]
    finally:
        await engine.stop()


async def test_a_hook_that_is_off_deleted_or_on_another_schedule_says_nothing_of_its_old_time(
    engine: Engine, clock: Clock
) -> None:
    off, gone, moved, on = [await engine.hooks.save(raw(), actor=ADMIN) for _ in range(4)]
    await engine.hooks.set_enabled(off.id, False, actor=ADMIN)
    await engine.hooks.delete(gone.id, actor=ADMIN)
    await engine.hooks.save(raw(schedule={"cron": "0 9 * * *"}), actor=ADMIN, hook_id=moved.id)
    clock.now = NOW + timedelta(minutes=1)
    await sweep(engine)
    assert [one["hook_id"] for one in await ticks(engine)] == [on.id]

    await engine.hooks.set_enabled(off.id, True, actor=ADMIN)
    await engine.hooks.restore(gone.id, actor=ADMIN)
    clock.now = NOW + timedelta(minutes=2)
    await sweep(engine)
    assert sorted(one["hook_id"] for one in await ticks(engine)) == [off.id, gone.id, on.id, on.id]


async def test_a_clock_that_goes_back_a_little_repeats_nothing_and_one_far_ahead_is_forgotten(
    engine: Engine, clock: Clock
) -> None:
    await engine.hooks.save(raw(schedule={"cron": "0 * * * *"}), actor=ADMIN)
    clock.now = NOW + timedelta(hours=1)
    await sweep(engine)
    clock.now = NOW
    await engine.parts.clock._went_back(timedelta(hours=1))
    clock.now = NOW + timedelta(hours=1)
    await sweep(engine)
    assert len(await ticks(engine)) == 1

    clock.now = NOW + timedelta(days=900)
    await sweep(engine)
    clock.now = NOW
    await engine.parts.clock._went_back(timedelta(days=900))
    clock.now = NOW + timedelta(hours=1)
    await sweep(engine)
    assert [one["planned_at"] for one in await ticks(engine)][2:] == ["2026-11-25T13:00:00Z"]


async def test_a_schedule_that_fails_by_a_fault_of_ours_holds_up_no_other(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import engine.hooks.timers as timers

    bad, good = [await engine.hooks.save(raw(), actor=ADMIN) for _ in range(2)]
    plain = timers.tick

    def failing(hook, *rest):  # type: ignore[no-untyped-def]
        if hook.id == bad.id:
            raise RuntimeError("a fault")
        return plain(hook, *rest)

    monkeypatch.setattr(timers, "tick", failing)
    clock.now = NOW + timedelta(minutes=1)
    await sweep(engine)

    assert [one["hook_id"] for one in await ticks(engine)] == [good.id]


async def test_a_schedule_comes_back_as_it_was_sent_and_others_have_none(api: Api) -> None:
    schedule = {"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"}
    made = (await api.post("/hooks", json=raw(schedule=schedule))).json()
    other = (
        await api.post("/hooks", json={"title": "x", "trigger": "call.ended", "actions": [{"url": "https://e.com/"}]})
    ).json()

    assert (made["schedule"], made["role"]) == (schedule, "system")
    assert "schedule" not in other
    path = f"/api/v1/hooks/{made['id']}"
    assert (await api.call("PUT", path, json={**made, "title": "Renamed"})).json()["schedule"] == schedule
    assert len((await api.get("/event-types")).json()["items"]) == 27


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"schedule": None}, "schedule", "Say when it runs"),
        ({"trigger": "call.ended"}, "schedule", "alone"),
        ({"role": "agent"}, "role", "role system"),
        ({"schedule": {"cron": "0 25 * * *"}}, "schedule.cron", "This is no hour"),
        ({"schedule": {"every_minutes": 0}}, "schedule.every_minutes", "From 1"),
        ({"schedule": {"cron": "0 9 * * *", "timezone": "Mars"}}, "schedule.timezone", "No time zone"),
        ({"schedule": {"cron": "0 9 * * *", "second": 7}}, "schedule.second", "no such field"),
        ({"schedule": "daily"}, "schedule", ""),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field(api: Api, changes: dict, field: str, words: str) -> None:
    answer = await api.post("/hooks", json={**raw(), **changes})

    assert answer.status_code == 422
    errors = {one["field"]: one["message"] for one in answer.json()["errors"]}
    assert list(errors) == [field]
    assert words in errors[field]


async def test_nobody_else_sends_what_the_clock_makes(engine: Engine) -> None:
    with pytest.raises(InvalidEvent, match="by the clock alone"):
        read_events(b'{"type": "schedule.due", "data": {"hook_id": 1}}', {}, engine.catalogue, Bounds())


async def test_a_test_runs_with_the_sample(api: Api, receiver: Receiver) -> None:
    hook_id = (await api.post("/hooks", json=raw(receiver.url))).json()["id"]

    dry = (await api.post(f"/hooks/{hook_id}/test", json={"role": "system"})).json()
    sent = (await api.post(f"/hooks/{hook_id}/test", json={"role": "system", "send": True})).json()

    assert dry["decision"]["fired"] is True
    assert orjson.loads(dry["requests"][0]["body"])["data"]["late_seconds"] == 0
    assert sent["execution"]["status"] == "succeeded"


async def test_looking_back_a_hook_sees_its_own_times_alone(engine: Engine, clock: Clock) -> None:
    mine, other = [await engine.hooks.save(raw(), actor=ADMIN) for _ in range(2)]
    clock.now = NOW + timedelta(minutes=1)
    await sweep(engine)
    await engine.hooks.set_enabled(other.id, False, actor=ADMIN)
    clock.now = NOW + timedelta(minutes=2)
    await sweep(engine)

    draft = {**raw(), "condition": "late_seconds < 60"}
    saved = await engine.insight.backtest({**draft, "id": mine.id})
    fresh = await engine.insight.backtest(draft)

    assert (saved.events, saved.fires, fresh.events) == (2, 2, 0)
    assert await engine.insight.overlaps(mine.definition, mine.id) == []


async def test_what_comes_next_is_told_for_a_schedule_that_is_being_written(engine: Engine) -> None:
    upcoming = engine.hooks.upcoming({"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"})

    assert upcoming.words == "Every weekday at 09:00, Europe/Berlin"
    assert [f"{one:%a %H:%M %Z}" for one in upcoming.times] == [
        f"{day} 09:00 CET" for day in ("Thu", "Fri", "Mon", "Tue", "Wed")
    ]
    assert list(engine.hooks.upcoming({"cron": "x"}).problems) == ["schedule.cron"]
    with pytest.raises(InvalidHook):
        engine.hooks.read(raw(schedule={"cron": "x"}))
    assert Role.SYSTEM is engine.hooks.read(raw()).role
