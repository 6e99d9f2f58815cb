"""Running many again: what a filter or a window holds, of the version of then or of now, in the background."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, ExecutionQuery, InvalidHook, NotAllowed, NotFound, ReplayState, Role, Status
from engine.events.draft import EventDraft
from engine.model import Actor
from tests.engine.conftest import Api, Receiver, eventually, new_engine

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
USER = Actor(kind="user", id=9, name="uma", role=Role.USER)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets are never paused here."""
    monkeypatch.setattr("engine.delivery.breaker.FAILURES", 11)


async def save(engine: Engine, url: str, hook_id: int | None = None, **changes: object) -> int:
    raw = {
        "title": "Witness",
        "trigger": "call.ended",
        "actions": [{"url": url}],
        "delivery": {"retries": "none"},
        **changes,
    }
    return (await engine.hooks.save(raw, actor=SYSTEM, hook_id=hook_id)).id


async def post(engine: Engine, count: int, start: int = 0) -> None:
    drafts = [
        EventDraft(type="call.ended", data={"n": n}, id=f"evt_{n}", occurred_at=None)
        for n in range(start, start + count)
    ]
    await engine.accept(drafts, AGENT)


async def settled(engine: Engine, count: int) -> list[Status]:
    async def found() -> list[Status] | None:
        items = (await engine.executions.page(ExecutionQuery(limit=500))).items
        done = all(item.status not in {Status.PENDING, Status.RUNNING} for item in items)
        return [item.status for item in items] if len(items) == count and done else None

    statuses = await eventually(found, 10)
    assert statuses, [item.status for item in (await engine.executions.page(ExecutionQuery(limit=500))).items]
    return statuses


async def none_is(engine: Engine, *statuses: Status) -> bool:
    items = (await engine.executions.page(ExecutionQuery(limit=500))).items
    return all(item.status not in statuses for item in items)


async def replayed(engine: Engine, raw: dict) -> tuple[int, int]:
    """How many were counted, and how many were run, once it is done."""
    replay = await engine.replays.begin(raw, actor=SYSTEM)

    async def is_done() -> bool:
        return (await engine.replays.get(replay.id)).state is ReplayState.DONE

    assert await eventually(is_done)
    assert await eventually(lambda: none_is(engine, Status.PENDING, Status.RUNNING))
    done = await engine.replays.get(replay.id)
    assert done.finished_at is not None
    return done.total, done.done


async def test_all_that_failed_runs_again_and_what_was_delivered_is_left_out(
    engine: Engine, receiver: Receiver
) -> None:
    await save(engine, receiver.url)
    await post(engine, 10)
    await settled(engine, 10)
    receiver.status = 500
    await post(engine, 25, start=10)
    await settled(engine, 35)
    receiver.status = 200

    assert (await engine.replays.preview({}, actor=SYSTEM)).total == 25
    assert await replayed(engine, {"status": "failed"}) == (25, 25)
    statuses = await settled(engine, 60)
    assert statuses.count(Status.SUCCEEDED) == 35
    assert await replayed(engine, {"status": "failed"}) == (0, 0)
    assert await replayed(engine, {"status": "succeeded"}) == (35, 35)


async def test_what_fails_again_is_not_run_again_by_the_same_replay(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 400  # with 500, the target would be paused
    await save(engine, receiver.url)
    await post(engine, 20)
    await settled(engine, 20)

    assert await replayed(engine, {}) == (20, 20)
    assert len(await settled(engine, 40)) == len(receiver.requests) == 40


async def test_a_window_and_a_hook_bound_it(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    one, other = await save(engine, receiver.url), await save(engine, receiver.url, key="other")
    await post(engine, 5)
    await settled(engine, 10)
    between = engine._now()
    await asyncio.sleep(0.01)
    await post(engine, 3, start=5)
    await settled(engine, 16)
    later = (between + timedelta(hours=1)).isoformat()

    async def total(**raw: object) -> int:
        return (await engine.replays.preview(raw, actor=SYSTEM)).total

    assert await total() == 16
    assert await total(hook_id=one) == 8
    assert await total(to=between.isoformat(), hook_id=other) == 5
    assert await total(**{"from": between.isoformat()}) == 6
    assert await total(**{"from": later}) == 0
    assert await total(type="analytics") == 0


async def test_the_version_of_then_or_of_now(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await save(engine, f"{receiver.url}/then")
    await post(engine, 1)
    await settled(engine, 1)
    await save(engine, f"{receiver.url}/now", hook_id)

    await replayed(engine, {"version": "then"})
    await replayed(engine, {"version": "now"})

    paths = [raw.split()[1].decode().rpartition("/")[2] for raw in receiver.requests]
    assert paths == ["then", "then", "now"]


async def test_what_came_while_the_hook_was_off_is_found_and_runs_once(engine: Engine, receiver: Receiver) -> None:
    hook_id = await save(engine, receiver.url, condition="n >= 2")
    await post(engine, 4)
    await settled(engine, 2)
    await engine.hooks.set_enabled(hook_id, False, actor=SYSTEM)
    await post(engine, 6, start=4)
    await eventually(lambda: _decided(engine))
    await save(engine, receiver.url, hook_id, condition="n >= 8")

    skipped = {"status": "skipped", "hook_id": hook_id}
    then = await engine.replays.preview({**skipped, "version": "then"}, actor=SYSTEM)
    now = await engine.replays.preview(skipped, actor=SYSTEM)
    assert [pair.event.id for pair in then.first] == [f"evt_{n}" for n in range(4, 10)]
    assert [pair.event.id for pair in now.first] == ["evt_8", "evt_9"]

    assert await replayed(engine, skipped) == (2, 2)
    assert await replayed(engine, skipped) == (0, 0)
    assert await replayed(engine, {**skipped, "version": "then"}) == (4, 4)
    assert len(await settled(engine, 8)) == len(receiver.requests) == 8


async def test_a_hook_that_is_off_calls_nobody(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await save(engine, receiver.url)
    await post(engine, 3)
    await settled(engine, 3)
    await engine.hooks.set_enabled(hook_id, False, actor=SYSTEM)
    (execution, *_) = (await engine.executions.page(ExecutionQuery())).items

    with pytest.raises(NotAllowed, match="disabled"):
        await engine.replays.run_again(execution.id, actor=SYSTEM)
    assert await replayed(engine, {}) == (0, 0)
    assert len(receiver.requests) == 3


async def test_a_replay_can_be_stopped(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    await save(engine, receiver.url)
    await post(engine, 90)
    await settled(engine, 90)
    receiver.status, receiver.delay = 200, 0.1
    replay = await engine.replays.begin({}, actor=SYSTEM)
    await eventually(lambda: len(receiver.requests) > 95)

    await engine.replays.stop(replay.id, actor=SYSTEM)
    await asyncio.sleep(0.5)
    called = len(receiver.requests)
    await asyncio.sleep(0.5)

    assert (await engine.replays.get(replay.id)).state is ReplayState.STOPPED
    assert len(receiver.requests) == called < 180


async def test_a_replay_goes_on_after_a_restart_and_runs_each_once(tmp_path: Path, receiver: Receiver) -> None:
    engine = new_engine(tmp_path)
    await engine.start()
    receiver.status = 500
    await save(engine, receiver.url)
    await post(engine, 60)
    await settled(engine, 60)
    receiver.status, receiver.delay = 200, 0.05
    replay = await engine.replays.begin({}, actor=SYSTEM)
    await eventually(lambda: len(receiver.requests) > 70)
    await engine.stop()

    engine = new_engine(tmp_path)
    await engine.start()
    try:

        async def is_done() -> bool:
            return (await engine.replays.get(replay.id)).state is ReplayState.DONE

        assert await eventually(is_done, 10)
        statuses = await settled(engine, 120)
        assert statuses.count(Status.SUCCEEDED) == 60
    finally:
        await engine.stop()


async def test_live_traffic_does_not_wait_behind_a_replay(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    await save(engine, receiver.url)
    await post(engine, 95)
    await settled(engine, 95)
    receiver.status, receiver.delay = 200, 0.05
    await engine.replays.begin({}, actor=SYSTEM)
    await eventually(lambda: len(receiver.requests) > 100)
    called = len(receiver.requests)

    await post(engine, 1, start=1_000)
    await eventually(lambda: any(b'"n":1000' in raw for raw in receiver.requests))

    assert len(receiver.requests) - called <= 40


async def test_over_the_api(api: Api, receiver: Receiver) -> None:
    receiver.status = 500
    await save(api.engine, receiver.url)
    await post(api.engine, 3)
    await settled(api.engine, 3)
    receiver.status = 200

    dry = (await api.post("/replays", json={"dry": True})).json()
    begun = await api.post("/replays", json={"status": "failed"})
    replay = begun.json()

    async def is_done() -> bool:
        return (await api.get(f"/replays/{replay['id']}")).json()["state"] == "done"

    assert await eventually(is_done)
    assert (dry["count"], [item["event_id"] for item in dry["items"]]) == (3, ["evt_0", "evt_1", "evt_2"])
    assert (begun.status_code, replay["count"], replay["state"]) == (202, 3, "running")
    assert begun.headers["location"] == f"/api/v1/replays/{replay['id']}"
    assert [item["id"] for item in (await api.get("/replays")).json()["items"]] == [replay["id"]]
    assert (await api.call("DELETE", f"/api/v1/replays/{replay['id']}")).json()["state"] == "done"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"status": "skipped"}, "hook_id"),
        ({"from": "2025-09-09T12:00:00"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"from": "2025-09-09T12:00:00Z", "to": "2025-09-09T11:00:00Z"}, "to"),
        ({"hook": 1}, "hook"),
        ({"version": "next"}, "version"),
    ],
)
async def test_what_makes_no_sense_is_told_by_its_field(engine: Engine, raw: dict, field: str) -> None:
    with pytest.raises(InvalidHook) as caught:
        await engine.replays.begin(raw, actor=SYSTEM)
    assert list(caught.value.problems) == [field]


async def test_who_may_and_what_is_there(engine: Engine, api: Api) -> None:
    with pytest.raises(NotAllowed):
        await engine.replays.begin({}, actor=USER)
    with pytest.raises(NotFound):
        await engine.replays.preview({"hook_id": 77}, actor=SYSTEM)
    assert (await api.get("/replays/7")).status_code == 404
    assert (await api.post("/replays", role=Role.USER, json={})).status_code == 403
    assert (await api.get("/lanes", role=Role.USER)).json()["items"][0]["retries"] == "standard"
    assert (await api.call("PUT", "/api/v1/lanes/other", role=Role.MANAGER, json={})).status_code == 403
    changed = await api.call("PUT", "/api/v1/lanes/other", json={"concurrency": 5, "retries": "short"})
    assert changed.json() == {"type": "other", "concurrency": 5, "timeout": 15.0, "retries": "short"}


async def _decided(engine: Engine) -> bool:
    return await engine._store.backlog() == 0
