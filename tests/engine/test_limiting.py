"""Hooks with limits in the running engine: what is skipped, held, let go, and what is said of it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine import SYSTEM, Engine, EngineSettings, EventQuery, Execution, ExecutionQuery, Role, Status
from engine.actions.http import parse_networks
from engine.api import create_app
from engine.events.draft import EventDraft
from engine.model import Actor, Gate
from storage.store import SqlStore
from tests.engine.conftest import Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""A Wednesday."""
DAYTIME = {"zone": "Europe/Berlin"}


@dataclass
class House:
    """An engine whose clock a test turns, and that it may start anew."""

    folder: Path
    url: str
    now: datetime = NIGHT

    async def open(self) -> Engine:
        networks = parse_networks("127.0.0.0/8")
        settings = EngineSettings(version="0.0.0", allowed_networks=networks, secret_keys=("a key of these tests",))
        self.engine = Engine(SqlStore(f"sqlite:///{self.folder / 'test.db'}"), settings, lambda: self.now)
        await self.engine.start()
        return self.engine

    async def save(self, hook_id: int | None = None, **changes: object) -> int:
        raw = {"title": "Leads", "trigger": "call.ended", "actions": [{"url": self.url}], **changes}
        return (await self.engine.hooks.save(raw, actor=SYSTEM, hook_id=hook_id)).id

    async def post(self, *data: dict) -> list[Execution]:
        """At once; gives what each came to, once nothing waits for a call."""
        drafts = [EventDraft(type="call.ended", data=one, id=None, occurred_at=None) for one in data]
        ids = [receipt.id for receipt in await self.engine.accept(drafts, AGENT)]
        await eventually(self.quiet)
        return [execution for id in ids for execution in await self.of(id)]

    async def of(self, event_id: str) -> list[Execution]:
        return list((await self.engine.executions.page(ExecutionQuery(event_id=event_id))).items)

    async def quiet(self) -> bool:
        events = (await self.engine.insight.events(EventQuery(limit=500))).items
        waiting = {Status.PENDING, Status.RUNNING}
        runs = (await self.engine.executions.page(ExecutionQuery(limit=500))).items
        return all(one.revision is not None for one in events) and not any(one.status in waiting for one in runs)


@pytest.fixture
async def house(tmp_path: Path, receiver: Receiver) -> AsyncGenerator[House]:
    house = House(tmp_path, receiver.url)
    await house.open()
    yield house
    await house.engine.stop()


def statuses(executions: list[Execution]) -> list[str]:
    return [str(execution.status) for execution in executions]


async def test_of_two_events_in_one_batch_about_the_same_lead_the_first_runs(house: House, receiver: Receiver) -> None:
    hook_id = await house.save(limits={"cooldown_minutes": 10, "per_entity": True})

    first = await house.post({"lead_id": "a"}, {"lead_id": "b"}, {"lead_id": "a"}, {"n": 1}, {"n": 2})
    house.now += 4 * MINUTE
    second = await house.post({"lead_id": "a"}, {"lead_id": "c"})
    house.now += 6 * MINUTE
    third = await house.post({"lead_id": "a"})

    assert statuses(first) == ["succeeded", "succeeded", "skipped", "succeeded", "succeeded"]
    assert first[2].reason == "Cooldown: ran just now for a; at most once per 10 minutes."
    assert statuses(second) == ["skipped", "succeeded"]
    assert second[0].reason == "Cooldown: ran 4 minutes ago for a; at most once per 10 minutes."
    assert statuses(third) == ["succeeded"]
    assert len(receiver.requests) == 6
    stats = (await house.engine.hooks.stats())[hook_id]
    assert (stats.hits, stats.succeeded, stats.failed) == (6, 6, 0)
    assert second[0].finished_at == second[0].created_at


async def test_no_more_runs_than_are_allowed_within_any_hour_also_after_a_restart(house: House) -> None:
    await house.save(limits={"max_per_hour": 3})

    first = await house.post({}, {})
    house.now += 30 * MINUTE
    await house.engine.stop()
    await house.open()
    second = await house.post({}, {})
    house.now += 30 * MINUTE
    third = await house.post({}, {}, {})

    assert statuses(first) == ["succeeded", "succeeded"]
    assert statuses(second) == ["succeeded", "skipped"]
    assert second[1].reason == "Runs per hour: it ran 3 times within the hour, and may no more often."
    assert statuses(third) == ["succeeded", "succeeded", "skipped"]


async def test_hooks_without_limits_ask_nothing_of_the_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> Any:
        raise AssertionError

    monkeypatch.setattr(house.engine._store, "runs", refuse)
    await house.save(limits={"hours": DAYTIME})
    await house.save(key="plain")
    assert sorted(statuses(await house.post({}))) == ["held", "succeeded"]


async def test_the_event_says_what_was_skipped_then_and_why(house: House) -> None:
    hook_id = await house.save(limits={"cooldown_minutes": 10})
    other = await house.save(key="other", condition="1 > 2", limits={"cooldown_minutes": 10})
    runs = await house.post({}, {})
    house.now += HOUR
    await house.save(hook_id)

    fired, skipped = [await house.engine.insight.decisions(run.event_id) for run in runs]

    assert [decision.fired for decision in fired.decisions] == [True, False]
    told = {decision.hook_id: (decision.fired, decision.gate) for decision in skipped.decisions}
    assert told == {hook_id: (False, Gate.LIMITS), other: (False, Gate.CONDITION)}
    assert skipped.decisions[0].reason == runs[1].reason == "Cooldown: ran just now; at most once per 10 minutes."
    assert skipped.decisions[0].trace["condition"]["verdict"] is True


async def test_what_fires_outside_of_the_hours_is_held_and_let_go_when_they_open(
    house: House, receiver: Receiver
) -> None:
    await house.save(limits={"hours": DAYTIME})
    (held,) = await house.post({"lead_id": "a"})
    opening = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)

    assert (held.status, held.next_attempt_at) == (Status.HELD, opening)
    assert held.reason == "Held until 09:00 (Europe/Berlin): active hours are Mon–Fri, 09:00–17:00."
    assert house.engine.feed.recent()[-1].id == held.id

    house.now = opening - MINUTE
    await asyncio.sleep(1.2)
    assert receiver.requests == []
    await house.engine.stop()
    house.now = opening
    await house.open()

    async def sent() -> bool:
        return (await house.of(held.event_id))[0].status is Status.SUCCEEDED

    assert await eventually(sent)
    assert len(receiver.requests) == 1
    (ended,) = await house.of(held.event_id)
    assert (ended.reason, ended.next_attempt_at) == (held.reason, None)


async def test_what_was_let_go_as_the_process_ended_is_sent_by_the_next(house: House, receiver: Receiver) -> None:
    """Between the record that it may go and its place in a queue."""
    await house.save(limits={"hours": DAYTIME})
    (held,) = await house.post({})
    assert await house.engine._store.release([held.id]) == [held.id]
    await house.engine.stop()
    await house.open()

    assert await eventually(lambda: len(receiver.requests) == 1)


async def test_the_time_that_was_given_is_kept_when_the_hours_are_edited(house: House, receiver: Receiver) -> None:
    hook_id = await house.save(limits={"hours": DAYTIME})
    (held,) = await house.post({})
    await house.save(hook_id, limits={"hours": {**DAYTIME, "opens": "04:00"}})

    (at_once,) = await house.post({})

    assert at_once.status is Status.SUCCEEDED
    assert (await house.of(held.event_id))[0].next_attempt_at == held.next_attempt_at


async def test_what_is_held_is_cancelled_where_its_hook_was_disabled(house: House, receiver: Receiver) -> None:
    hook_id = await house.save(limits={"hours": DAYTIME})
    (held,) = await house.post({})
    await house.engine.hooks.set_enabled(hook_id, False, actor=SYSTEM)
    house.now += 12 * HOUR

    async def ended() -> bool:
        return (await house.of(held.event_id))[0].status is Status.CANCELLED

    assert await eventually(ended)
    assert receiver.requests == []


async def test_the_contacts_own_hours_count_where_the_event_names_a_zone(house: House) -> None:
    await house.save(limits={"hours": {**DAYTIME, "contact_zone": True}})

    runs = await house.post({"timezone": "Asia/Tokyo"}, {"timezone": "America/New_York"}, {"timezone": "Nowhere"}, {})

    assert statuses(runs) == ["succeeded", "held", "held", "held"]
    assert [run.next_attempt_at for run in runs[1:]] == [NIGHT + 11 * HOUR, NIGHT + 5 * HOUR, NIGHT + 5 * HOUR]


async def test_a_cooldown_counts_what_is_held_when_it_will_be_sent(house: House, receiver: Receiver) -> None:
    await house.save(limits={"hours": DAYTIME, "cooldown_minutes": 10, "per_entity": True})

    first = await house.post({"lead_id": "a"})
    house.now += HOUR
    second = await house.post({"lead_id": "a"}, {"lead_id": "b"})

    assert statuses(first) == ["held"]
    assert statuses(second) == ["skipped", "held"]
    assert second[0].reason == "Cooldown: one is held for a already; at most once per 10 minutes."


async def test_a_line_that_is_held_is_let_go_in_its_order(house: House, receiver: Receiver) -> None:
    await house.save(limits={"hours": DAYTIME}, delivery={"ordered": True})
    receiver.delay = 0.02
    held = await house.post(*({"lead_id": "a", "n": n} for n in range(4)))
    assert statuses(held) == ["held"] * 4
    house.now += 5 * HOUR

    assert await eventually(lambda: len(receiver.requests) == 4)
    assert [body.split(b'"n":')[1][:1] for body in receiver.bodies] == [b"0", b"1", b"2", b"3"]


async def test_another_attempt_waits_for_the_hours_too(house: House, receiver: Receiver) -> None:
    house.now = datetime(2026, 11, 25, 15, 59, 58, tzinfo=UTC)
    receiver.status = 500
    await house.save(limits={"hours": DAYTIME}, delivery={"retries": [600]})

    (run,) = await house.post({})

    assert (run.status, run.next_attempt_at) == (Status.RETRYING, datetime(2026, 11, 26, 8, 0, tzinfo=UTC))


async def test_a_hook_that_has_expired_does_not_fire(house: House, receiver: Receiver) -> None:
    await house.save(limits={"expires_at": (NIGHT + HOUR).isoformat()})
    before = await house.post({})
    house.now += HOUR
    drafts = [EventDraft(type="call.ended", data={}, id="evt_late", occurred_at=None)]
    await house.engine.accept(drafts, AGENT)
    await eventually(house.quiet)

    assert statuses(before) == ["succeeded"]
    assert await house.of("evt_late") == []
    (decision,) = (await house.engine.insight.decisions("evt_late")).decisions
    assert (decision.gate, decision.reason) == (Gate.LIMITS, "The hook expired on 2026-11-25 at 04:00 UTC.")


async def test_a_dry_run_says_what_the_limits_say_now_and_send_passes_by_them(house: House, receiver: Receiver) -> None:
    hook_id = await house.save(limits={"cooldown_minutes": 10, "hours": {"zone": "Asia/Tokyo"}})

    async def dry(without: frozenset[Gate] = frozenset()) -> Any:
        test = house.engine.testing.test(hook_id, data={}, role=Role.AGENT, send=False, actor=SYSTEM, without=without)
        return (await test).decision

    async def send() -> Any:
        return await house.engine.testing.test(hook_id, data={}, role=Role.AGENT, send=True, actor=SYSTEM)

    assert (await dry()).fired
    assert (await send()).execution.status is Status.SUCCEEDED
    assert (await dry()).fired, "a test counts for nothing"
    await house.post({})
    refused = await dry()
    assert (refused.fired, refused.gate) == (False, Gate.LIMITS)
    assert refused.reason == "Cooldown: ran just now; at most once per 10 minutes."
    assert (await dry(frozenset({Gate.LIMITS}))).fired
    assert (await send()).execution.status is Status.SUCCEEDED
    house.now += 6 * HOUR
    held = await dry()
    assert held.fired
    assert held.trace["limits"]["reason"].startswith("Held until Thu 2026-11-26, 09:00 (Asia/Tokyo): ")
    assert (await send()).execution.status is Status.SUCCEEDED
    await house.save(hook_id, limits={"expires_at": NIGHT.isoformat()})
    refused = await send()
    assert (refused.execution, refused.decision.fired) == (None, False)
    assert "expired" in refused.decision.reason


async def test_a_replay_passes_by_the_limits_and_lets_go_what_is_held(house: House, receiver: Receiver) -> None:
    await house.save(limits={"hours": DAYTIME, "cooldown_minutes": 10})
    held, skipped = await house.post({}, {})
    assert statuses([held, skipped]) == ["held", "skipped"]

    now = await house.engine.replays.run_again(held.id, actor=SYSTEM)
    again = await house.engine.replays.run_again(skipped.id, actor=SYSTEM)

    assert now.id == held.id
    assert again.id != skipped.id
    assert await eventually(lambda: len(receiver.requests) == 2)
    assert await eventually(house.quiet)
    assert statuses(await house.of(held.event_id)) == ["succeeded"]
    assert sorted(statuses(await house.of(skipped.event_id))) == ["skipped", "succeeded"]


async def test_in_shadow_the_limits_are_tried_too(house: House, receiver: Receiver) -> None:
    hook_id = await house.save(shadow=True, limits={"cooldown_minutes": 10, "hours": DAYTIME})
    runs = await house.post({}, {})
    assert statuses(runs) == ["shadowed", "skipped"]
    assert runs[0].reason.startswith("Held until 09:00")
    assert runs[0].next_attempt_at is None

    house.now += 6 * HOUR
    await house.post({})
    await house.engine.hooks.set_shadow(hook_id, False, actor=SYSTEM)
    assert statuses(await house.post({})) == ["succeeded"], "nothing was sent in shadow"
    assert len(receiver.requests) == 1


async def test_a_back_test_tells_how_many_would_be_skipped(house: House) -> None:
    await house.save(condition="n > 0")
    for n in (0, 1, 2, 3):
        house.now += 4 * MINUTE
        await house.post({"n": n})
    raw = {"title": "T", "trigger": "call.ended", "actions": [{"url": house.url}], "condition": "n > 0"}

    free = await house.engine.insight.backtest(raw)
    limited = await house.engine.insight.backtest({**raw, "limits": {"cooldown_minutes": 5}})

    assert (free.fires, free.skipped) == (3, 0)
    assert (limited.fires, limited.skipped) == (3, 1)


async def test_cases_ask_the_hook_without_its_limits(house: House) -> None:
    hook_id = await house.save(limits={"expires_at": NIGHT.isoformat()})
    await house.engine.cases.keep(hook_id, name="Any", role=Role.AGENT, data={}, fires=True, actor=SYSTEM)
    assert [case.holds for case in await house.engine.cases.run(hook_id)] == [True]


async def test_a_hook_that_is_held_back_is_not_said_to_have_stopped(house: House) -> None:
    """Many events, and none ran since the last: its cooldown is why."""
    hook_id = await house.save()
    for _ in range(6):
        await house.post({})
    await house.save(hook_id, limits={"cooldown_minutes": 600})
    await house.post({})
    house.now += MINUTE
    await house.post(*({} for _ in range(20)))

    await house.engine.parts.history.silence.look()

    assert await house.engine.notices.newest() == []


async def test_programs_read_the_limits_and_the_reason(house: House) -> None:
    _, key = await house.engine.keys.create({"name": "k", "role": "admin"}, actor=SYSTEM)
    transport = httpx.ASGITransport(create_app(house.engine))
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers) as client:
        raw = {"title": "T", "trigger": "call.ended", "actions": [{"url": house.url}]}
        plain = (await client.post("/hooks", json=raw)).json()
        limits = {"cooldown_minutes": 10.0, "hours": {**DAYTIME, "days": ["mon"]}}
        hook = (await client.post("/hooks", json={**raw, "limits": limits})).json()
        wrong = await client.post("/hooks", json={**raw, "limits": {"hours": {"zone": "Here"}}})
        runs = await house.post({}, {})
        listed = (await client.get("/executions", params={"status": "held"})).json()["items"]
        told = (await client.get(f"/events/{runs[-1].event_id}/decisions")).json()["items"]

    assert "limits" not in plain
    assert hook["limits"]["cooldown_minutes"] == 10
    assert hook["limits"]["hours"] == {
        "days": ["mon"],
        "opens": "09:00",
        "closes": "17:00",
        "zone": "Europe/Berlin",
        "contact_zone": False,
    }
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "limits.hours.zone")
    assert [(one["hook_id"], one["reason"][:15]) for one in listed] == [(hook["id"], "Held until Mon ")]
    assert [(one["fired"], one["gate"]) for one in told] == [(True, None), (False, "limits")]
    assert told[1]["reason"].startswith("Cooldown: one is held already")
