"""What a hook or its lane says about delivery: schedule, order, pauses for targets in trouble, switching off."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import timedelta

import orjson
import pytest

from engine import SYSTEM, Engine, ExecutionQuery, InvalidHook, NotAllowed, Role, Status
from engine.events.draft import EventDraft
from engine.model import Actor, HookType
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
USER = Actor(kind="user", id=9, name="uma", role=Role.USER)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)


async def save(engine: Engine, url: str, **changes: object) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}], **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, *data: dict) -> None:
    await engine.accept([EventDraft(type="call.ended", data=one, id=None, occurred_at=None) for one in data], AGENT)


async def statuses(engine: Engine) -> list[Status]:
    """Oldest first."""
    return [item.status for item in reversed((await engine.executions.page(ExecutionQuery(limit=500))).items)]


def bodies(receiver: Receiver) -> list[dict]:
    return [orjson.loads(raw.partition(b"\r\n\r\n")[2])["data"] for raw in receiver.requests]


async def test_a_hook_may_have_a_schedule_of_its_own(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    await save(engine, receiver.url, delivery={"retries": [1]})
    await post(engine, {})

    assert await eventually(lambda: _all_are(engine, Status.FAILED), 6)
    assert len(receiver.requests) == 2


async def test_a_lane_may_have_a_schedule_and_a_timeout_of_its_own(engine: Engine, receiver: Receiver) -> None:
    receiver.delay = 5
    await engine.lane_settings.save(HookType.OTHER, {"retries": "none", "timeout": 1}, actor=SYSTEM)
    await save(engine, receiver.url)
    await post(engine, {})

    assert await eventually(lambda: _all_are(engine, Status.FAILED), 4)
    (execution,) = (await engine.executions.page(ExecutionQuery())).items
    assert execution.attempts[0].error is not None
    assert execution.attempts[0].error.error_class == "timeout"
    assert execution.attempts[0].latency_ms < 1_500


async def test_other_4xx_are_final_where_the_hook_says_so(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 422
    await save(engine, receiver.url, delivery={"final_4xx": True})
    await save(engine, receiver.url, key="patient")
    await post(engine, {})

    await eventually(lambda: len(receiver.requests) == 2)
    assert await eventually(lambda: _set_is(engine, {Status.FAILED, Status.RETRYING}))


@pytest.mark.parametrize(
    ("delivery", "place"),
    [
        ({"retries": "often"}, "delivery.retries"),
        ({"retries": [0]}, "delivery.retries"),
        ({"retries": [1] * 21}, "delivery.retries"),
        ({"retries": ["soon"]}, "delivery.retries"),
        ({"timeout": 31}, "delivery.timeout"),
        ({"timeout": 0}, "delivery.timeout"),
        ({"speed": 1}, "delivery.speed"),
    ],
)
async def test_what_makes_no_sense_is_told_beside_its_field(engine: Engine, delivery: dict, place: str) -> None:
    with pytest.raises(InvalidHook) as caught:
        await save(engine, "https://example.com/", delivery=delivery)
    assert list(caught.value.problems) == [place]


async def test_lanes_are_an_admins_and_survive_a_restart(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        await engine.lane_settings.save(HookType.OTHER, {}, actor=USER)
    with pytest.raises(InvalidHook) as caught:
        await engine.lane_settings.save(HookType.OTHER, {"concurrency": 0, "timeout": 60}, actor=SYSTEM)
    assert set(caught.value.problems) == {"concurrency", "timeout"}

    await engine.lane_settings.save(HookType.OTHER, {"concurrency": 3, "retries": [2, 4]}, actor=SYSTEM)
    await engine.lane_settings.load()
    assert engine.lane_settings.raw(HookType.OTHER) == {"concurrency": 3, "timeout": 15.0, "retries": [2.0, 4.0]}


class Uneven:
    """A receiver that takes its time with some, and fails some once."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.ended: list[str] = []
        self.fails_once: set[str] = set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        data = orjson.loads(await reader.readexactly(length))["data"]
        self.began.append(data["name"])
        await asyncio.sleep(data.get("takes", 0))
        self.ended.append(data["name"])
        status = 500 if data["name"] in self.fails_once else 200
        self.fails_once.discard(data["name"])
        writer.write(b"HTTP/1.1 %d X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status)
        await writer.drain()
        writer.close()


@pytest.fixture
async def uneven() -> AsyncGenerator[Uneven]:
    uneven = Uneven()
    server = await asyncio.start_server(uneven.serve, "127.0.0.1", 0)
    uneven.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield uneven
    server.close()


async def test_what_is_about_the_same_lead_goes_one_after_the_other_and_others_pass(
    engine: Engine, uneven: Uneven
) -> None:
    await save(engine, uneven.url, delivery={"ordered": True})
    await post(
        engine,
        {"name": "a1", "lead_id": "a", "takes": 0.3},
        {"name": "a2", "lead_id": "a"},
        {"name": "a3", "lead_id": "a"},
        {"name": "b1", "lead_id": "b"},
        {"name": "c1", "call_id": "a"},
        {"name": "none"},
    )

    assert await eventually(lambda: len(uneven.ended) == 6)
    assert [name for name in uneven.ended if name.startswith("a")] == ["a1", "a2", "a3"]
    assert uneven.began.index("a2") > 3, "the others passed"
    assert uneven.ended.index("a1") < uneven.began.index("a2") + 1


async def test_in_a_line_the_next_waits_until_the_one_before_was_delivered(engine: Engine, uneven: Uneven) -> None:
    uneven.fails_once = {"a1"}
    await save(engine, uneven.url, delivery={"ordered": True, "retries": [1]})
    await post(engine, {"name": "a1", "lead_id": "a"}, {"name": "a2", "lead_id": "a"}, {"name": "b1", "lead_id": "b"})

    await eventually(lambda: len(uneven.ended) == 4, 6)
    assert [name for name in uneven.began if name.startswith("a")] == ["a1", "a1", "a2"]
    assert uneven.began.index("b1") < 3


async def test_without_order_a_slow_one_holds_up_nothing(engine: Engine, uneven: Uneven) -> None:
    await save(engine, uneven.url)
    await post(engine, {"name": "a1", "lead_id": "a", "takes": 0.3}, {"name": "a2", "lead_id": "a"})

    assert await eventually(lambda: uneven.ended == ["a2", "a1"])


async def test_a_long_line_ends_in_order_also_where_memory_holds_little(
    engine: Engine, uneven: Uneven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.lanes.WINDOW", 4)
    await save(engine, uneven.url, delivery={"ordered": True})
    leads = [{"name": f"{lead}{number}", "lead_id": lead} for number in range(15) for lead in "abc"]
    await post(engine, *leads)

    assert await eventually(lambda: len(uneven.ended) == 45, 10)
    for lead in "abc":
        assert [name for name in uneven.began if name[0] == lead] == [f"{lead}{number}" for number in range(15)]
    assert await eventually(lambda: _all_are(engine, Status.SUCCEEDED))


async def test_a_target_in_trouble_is_paused_and_no_attempt_is_used_up(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    await save(engine, receiver.url, delivery={"retries": "none"})
    await post(engine, *[{"n": n} for n in range(60)])

    assert await eventually(engine.paused_targets)
    await asyncio.sleep(0.5)
    called = len(receiver.requests)
    found = await statuses(engine)

    assert 10 <= called < 60
    assert found.count(Status.FAILED) == called
    assert found.count(Status.PENDING) == 60 - called


async def test_a_target_that_answers_the_probe_is_called_as_before(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.breaker.FIRST_PAUSE_SECONDS", 0.2)
    receiver.status = 500
    await save(engine, receiver.url, delivery={"retries": "none"})
    await post(engine, *[{"n": n} for n in range(60)])
    assert await eventually(engine.paused_targets)
    failed = (await statuses(engine)).count(Status.FAILED)
    receiver.status = 200

    assert await eventually(lambda: _none_is(engine, Status.PENDING), 10)
    assert engine.paused_targets() == {}
    assert (await statuses(engine)).count(Status.SUCCEEDED) >= 60 - failed - 16
    assert len(receiver.requests) == 60


async def test_a_test_is_sent_at_once_also_to_a_paused_target(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await save(engine, receiver.url, delivery={"retries": "none"})
    await post(engine, *[{"n": n} for n in range(40)])
    assert await eventually(engine.paused_targets)
    await asyncio.sleep(0.1)
    called = len(receiver.requests)
    receiver.status = 200

    result = await asyncio.wait_for(
        engine.testing.test(hook_id, data={"n": 99}, role=Role.AGENT, send=True, actor=SYSTEM), 3
    )

    assert result.execution is not None
    assert result.execution.status is Status.SUCCEEDED
    assert len(receiver.requests) == called + 1


async def test_a_paused_target_holds_up_no_other_of_its_lane(engine: Engine, receiver: Receiver) -> None:
    refused = "http://127.0.0.1:1/"
    await save(engine, refused, key="down", trigger="sms.sent")
    await engine.accept([EventDraft(type="sms.sent", data={}, id=None, occurred_at=None) for _ in range(100)], AGENT)
    assert await eventually(engine.paused_targets)
    await save(engine, receiver.url)
    await post(engine, *[{"n": n} for n in range(50)])

    assert await eventually(lambda: len(receiver.requests) == 50)


async def test_a_hook_that_failed_a_hundred_times_in_a_row_is_switched_off_and_says_so(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.breaker.FAILURES", 11)
    heard: list[str] = []
    engine.notices.subscribe(lambda notice: heard.append(notice.title))
    receiver.status = 500
    hook_id = await save(engine, receiver.url, delivery={"retries": "none"})
    await post(engine, *[{"n": n} for n in range(140)])

    assert await eventually(lambda: not engine.hooks.get(hook_id).definition.enabled)
    assert await eventually(lambda: _none_is(engine, Status.PENDING))
    # Many end at once, so that one warning may be overtaken by the next.
    *warnings, end = heard
    assert (set(warnings), end) == ({"“Witness” only fails"}, "“Witness” is switched off")
    assert len(warnings) <= 3
    kept = await engine.notices.newest()
    assert [notice.tone for notice in kept] == ["bad", *["warning"] * len(warnings)]
    assert re.match(r"1[0-4]\d executions failed in a row\.", kept[0].text)
    assert "only failed" in (await engine.hooks.versions(hook_id))[0].saved_by
    found = await statuses(engine)
    assert found.count(Status.FAILED) + found.count(Status.CANCELLED) == 140

    await engine.accept([EventDraft(type="call.ended", data={}, id="later", occurred_at=None)], AGENT)
    assert await eventually(lambda: _is_decided(engine, "later"))
    assert len(await statuses(engine)) == 140


async def test_notices_are_unread_until_a_user_looked(engine: Engine) -> None:
    user = await engine.accounts.create_user(email="uma@example.com", password="correct horse", role=Role.USER)
    uma = Actor(kind="user", id=user.id, name=user.email, role=user.role)
    await engine.notices.tell("warning", "One", "First.")
    await engine.notices.tell("bad", "Two", "Second.", "/")

    before = await engine.notices.unread(uma)
    newest = await engine.notices.newest()
    await engine.notices.mark_read(uma, newest[0].seq)
    await engine.notices.mark_read(uma, newest[1].seq)

    assert (before, await engine.notices.unread(uma)) == (2, 0)
    assert [notice.title for notice in newest] == ["Two", "One"]


async def test_health_survives_a_restart_and_a_success_heals(engine: Engine, receiver: Receiver) -> None:
    receiver.status = 500
    hook_id = await save(engine, receiver.url, delivery={"retries": "none"})
    await post(engine, {})
    assert await eventually(lambda: engine.watch.of(hook_id).executions == 1)
    await eventually(lambda: _all_are(engine, Status.FAILED))
    await engine.watch.load()
    assert engine.watch.of(hook_id).executions == 1

    receiver.status = 200
    await post(engine, {})
    assert await eventually(lambda: engine.watch.of(hook_id).executions == 0)
    await eventually(lambda: _set_is(engine, {Status.FAILED, Status.SUCCEEDED}))
    await engine.watch.load()
    assert engine.watch.of(hook_id).failing_since is None


async def test_a_receiver_is_called_by_its_time_also_when_the_clock_went_back(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.status = 500
    await save(engine, receiver.url, delivery={"retries": [2]})
    await post(engine, {})
    assert await eventually(lambda: _all_are(engine, Status.RETRYING))
    real, receiver.status = engine._now, 200
    for part in (engine, engine.parts.delivery.lanes, engine.parts.delivery.dispatcher, engine.parts.clock):
        monkeypatch.setattr(part, "_now", lambda: real() - timedelta(hours=2))

    assert await eventually(lambda: _all_are(engine, Status.SUCCEEDED), 8)


async def _all_are(engine: Engine, status: Status) -> bool:
    return await _set_is(engine, {status})


async def _set_is(engine: Engine, wanted: set[Status]) -> bool:
    return set(await statuses(engine)) == wanted


async def _is_decided(engine: Engine, event_id: str) -> bool:
    return not (await engine.insight.decisions(event_id)).pending


async def _none_is(engine: Engine, status: Status) -> bool:
    found = await statuses(engine)
    return bool(found) and status not in found
