"""The backlog's bounds, what is taken away when it is old, the clock, and what a fault lets fall."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, EngineSettings, ExecutionQuery, Overloaded, Role, Status
from engine.actions.http import parse_networks
from engine.events.draft import EventDraft
from engine.model import Actor, DiskUse
from engine.process.backlog import Backlog
from engine.process.clock_watch import ClockWatch
from engine.process.ids import Ids
from engine.process.ticks import Schedule
from storage.store import SqlStore
from tests.engine.conftest import Api, Receiver, eventually, new_engine
from tests.storage.conftest import forget

OWN = EngineSettings(version="0", allowed_networks=parse_networks("127.0.0.0/8"), retention_days=30)
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def save(engine: Engine, url: str) -> int:
    raw = {
        "title": "Witness",
        "trigger": "call.ended",
        "actions": [{"url": url}],
        "condition": "not exists(quiet)",
        "delivery": {"retries": "none"},
    }
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, *ids: str, **data: object) -> None:
    await engine.accept([EventDraft(type="call.ended", data=data, id=id, occurred_at=None) for id in ids], AGENT)


def backlog(*, waiting: int = 0, free: int = 10 << 30) -> Backlog:
    async def count() -> int:
        return waiting

    async def disk_use() -> DiskUse:
        return DiskUse(used=1, free=free, total=100 << 30)

    return Backlog(count=count, disk_use=disk_use, most_waiting=100, least_free=256 << 20)


async def test_over_the_bound_nothing_more_is_taken() -> None:
    gate = backlog(waiting=90)
    await gate.measure()

    gate.admit(10)
    with pytest.raises(Overloaded, match="already waiting"):
        gate.admit(1)
    await gate.measure()
    gate.admit(5)


async def test_with_too_little_room_on_the_disk_nothing_is_taken() -> None:
    gate = backlog(free=100 << 20)
    gate.admit(1)
    await gate.measure()

    with pytest.raises(Overloaded, match="100 MiB are free"):
        gate.admit(1)


async def test_a_full_backlog_is_told_with_when_to_come_again(api: Api) -> None:
    api.engine.parts.ground.backlog._most_waiting = 0

    answer = await api.post("/events", role=Role.AGENT, json={"type": "call.ended", "data": {}})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert (await api.get("/executions")).status_code == 200


class Moving:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(microseconds=100)
        return self.moment

    def steady(self) -> float:
        """Of one that moves just as far: time passes, and nobody sets the clock."""
        return self.moment.timestamp()


async def test_what_is_old_goes_and_what_failed_stays_twice_as_long(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.stores.base.MOST_ROWS", 3)
    monkeypatch.setattr("storage.queries.upkeep.SLICE", 7)
    monkeypatch.setattr("engine.history.retention.PAUSE_SECONDS", 0)
    clock = Moving()
    settings = EngineSettings(version="0", allowed_networks=parse_networks("127.0.0.0/8"), retention_days=30)
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings, clock, clock.steady)
    await engine.start()
    hook_id = await save(engine, receiver.url)

    async def made(prefix: str, status: int) -> None:
        receiver.status = status
        await post(engine, *[f"{prefix}{n}" for n in range(10)])
        await eventually(lambda: _quiet(engine))

    async def kept() -> tuple[set[str], int]:
        items = (await engine.executions.page(ExecutionQuery(limit=100))).items
        ids = {item.event_id.rstrip("0123456789") for item in items}
        return ids, len(items)

    try:
        await made("delivered", 200)
        await made("failed", 500)
        await post(engine, *[f"quiet{n}" for n in range(10)], quiet=True)
        await eventually(lambda: _quiet(engine))
        clock.moment += timedelta(days=20)
        await made("young", 200)

        await engine.parts.history.retention.run()
        assert await kept() == ({"delivered", "failed", "young"}, 30)
        clock.moment += timedelta(days=20)
        await engine.parts.history.retention.run()
        assert await kept() == ({"failed", "young"}, 20)
        await post(engine, "quiet3", quiet=True)  # forgotten, so it is new again
        receiver.status = 200
        await post(engine, "failed3")  # kept, so it is a duplicate
        await eventually(lambda: _quiet(engine))
        assert (await kept())[1] == 20
        await engine.hooks.delete(hook_id, actor=SYSTEM)
        clock.moment += timedelta(days=21)
        await engine.parts.history.retention.run()
        assert await kept() == (set(), 0)
    finally:
        await engine.stop()


async def test_a_clock_that_jumps_ahead_takes_nothing_away_until_it_has_stayed_so_for_a_day(
    tmp_path: Path, receiver: Receiver
) -> None:
    clock, passed = Moving(), [0.0]
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), OWN, clock, lambda: passed[0])
    await engine.start()

    async def kept(hours: float) -> int:
        passed[0] += 3_600 * hours
        await engine.parts.history.retention.run()
        return len((await engine.executions.page(ExecutionQuery())).items)

    try:
        await save(engine, receiver.url)
        await post(engine, "one")
        await eventually(lambda: _quiet(engine))
        clock.moment += timedelta(days=365)
        assert [await kept(hours) for hours in (1, 1, 21, 2)] == [1, 1, 1, 0]
    finally:
        await engine.stop()


async def test_a_start_with_a_clock_that_is_ahead_takes_nothing_away_either(tmp_path: Path, receiver: Receiver) -> None:
    """However often it starts so, until it has run so for a day."""
    clock, passed, settings = Moving(), [0.0], replace(OWN, secret_keys=("of all of these starts",))

    async def kept(hours: float, *ids: str) -> int:
        engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings, clock, lambda: passed[0])
        await engine.start()
        try:
            if not engine.hooks.all():
                await save(engine, receiver.url)
            await post(engine, *ids)
            await eventually(lambda: _quiet(engine))
            passed[0] += 3_600 * hours
            await engine.parts.history.retention.run()
            return len((await engine.executions.page(ExecutionQuery())).items)
        finally:
            await engine.stop()

    assert await kept(1, "of today") == 1
    clock.moment += timedelta(days=365)
    assert await kept(1, "of next year") == 2
    assert await kept(1) == 2
    assert await kept(23) == 1


async def test_a_clock_that_jumps_ahead_switches_no_hook_off(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.breaker.FAILURES", 1_000)
    clock, passed = Moving(), [0.0]
    receiver.status = 500
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), OWN, clock, lambda: passed[0])
    await engine.start()
    try:
        hook_id = await save(engine, receiver.url)
        for number in range(12):
            await post(engine, f"before {number}")
        await eventually(lambda: _quiet(engine))
        clock.moment += timedelta(days=365)
        await post(engine, "after")
        await eventually(lambda: _quiet(engine))
        assert engine.hooks.get(hook_id).definition.enabled
        assert engine.watch.of(hook_id).warned == 0
        passed[0] += 6 * 86_400
        await post(engine, "days after")
        assert await eventually(lambda: not engine.hooks.get(hook_id).definition.enabled)
    finally:
        await engine.stop()


async def test_what_is_not_finished_is_never_taken_away(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    raw = {"title": "Patient", "trigger": "call.ended", "actions": [{"url": receiver.url}]}
    await engine.hooks.save(raw, actor=SYSTEM)
    await post(engine, "one")
    await eventually(lambda: len(receiver.requests) == 1)
    await asyncio.sleep(0.1)
    now = datetime.now(UTC) + timedelta(days=1_000)

    assert await forget(engine._store, now) == 0
    (execution,) = (await engine.executions.page(ExecutionQuery())).items
    assert execution.status is Status.RETRYING


async def test_ticks_come_once_after_a_jump_and_do_not_wait_for_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the scheduler's own way, all that was missed in ten years is listed: a freeze, and gigabytes."""
    count, by = 0, timedelta(0)

    async def work() -> None:
        nonlocal count
        count += 1

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wall":
            moment = datetime.now(tz) + by
            return cls.combine(moment.date(), moment.timetz())

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    schedule = Schedule()
    schedule.every(0.05, work)
    schedule.start()
    counts = list[int]()
    for by in (timedelta(0), timedelta(days=3_650), timedelta(days=-3_650)):  # noqa: B007 (the clock reads it)
        before = count
        await asyncio.sleep(0.5)
        counts.append(count - before)
    schedule.stop()

    assert all(1 <= one <= 11 for one in counts), counts


async def test_a_clock_that_goes_back_is_noticed_and_one_that_goes_ahead_left_alone() -> None:
    clock, steady, heard = Moving(), [0.0], list[float]()

    async def went_back(by: timedelta) -> None:
        heard.append(round(by.total_seconds()))

    watch = ClockWatch(now=clock, steady=lambda: steady[0], went_back=went_back)
    for moved in (1.0, 3_600.0, 1.0, -7_200.0, 1.0):
        clock.moment += timedelta(seconds=moved)
        steady[0] += 1
        await watch.look()
    await watch.look_at(clock.moment + timedelta(seconds=60))

    assert heard == [7_201, 60]


def test_ids_grow_also_after_a_restart_with_a_clock_that_went_back() -> None:
    ahead = Ids()
    ahead._clock.latest = 4_000_000_000_000
    last = ahead.new("exe")
    later = Ids()
    later.resume_after(last)

    assert last < later.new("exe") < later.new("exe")


async def test_an_event_that_a_fault_of_ours_cannot_decide_holds_up_no_other(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = new_engine(tmp_path)
    await engine.start()
    await save(engine, receiver.url)
    fires = engine.parts.delivery.pipeline._fires

    async def faulty(event, index, at):
        if event.id == "bad":
            raise RuntimeError("a fault")
        return await fires(event, index, at)

    monkeypatch.setattr(engine.parts.delivery.pipeline, "_fires", faulty)
    await post(engine, "one", "bad", "two")
    await post(engine, "three")
    assert await eventually(lambda: len(receiver.requests) == 3)
    await engine.stop()

    engine = new_engine(tmp_path)
    await engine.start()
    try:
        assert await eventually(lambda: len(receiver.requests) == 4)
    finally:
        await engine.stop()


async def test_an_execution_that_a_fault_let_fall_is_taken_up_again(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.lanes.LOOK_AROUND_SECONDS", 0.05)
    await engine.parts.ground.supervisor.stop()
    await engine.parts.delivery.lanes.start()
    engine.parts.ground.supervisor.keep(engine.parts.delivery.pipeline.run, "pipeline")
    call, faults = engine.parts.actions.client.send, [RuntimeError("a fault")]

    async def faulty(request, seconds, success):
        if faults:
            raise faults.pop()
        return await call(request, seconds, success)

    monkeypatch.setattr(engine.parts.actions.client, "send", faulty)
    await save(engine, receiver.url)
    await post(engine, "one")

    assert await eventually(lambda: len(receiver.requests) == 1)


async def _quiet(engine: Engine) -> bool:
    return await engine._store.backlog() == 0
