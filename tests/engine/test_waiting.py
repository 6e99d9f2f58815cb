"""What waits with the old version of a hook that was edited: it keeps it, or is sent by the new one when told to."""

from dataclasses import replace
from typing import Any

from engine import SYSTEM, Engine, ExecutionQuery, Role, Status
from engine.access.audit import ALL
from engine.events.draft import EventDraft
from engine.model import Actor
from tests.engine.conftest import ADMIN, Api, Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
MANAGER = Actor(kind="user", id=2, name="max@example.com", role=Role.MANAGER)


def raw(*urls: str, **more: Any) -> dict[str, Any]:
    actions = [{"url": url} for url in urls]
    return {"title": "Witness", "trigger": "call.ended", "actions": actions, "delivery": {"retries": [2]}, **more}


async def fire(engine: Engine, count: int, status: Status = Status.RETRYING) -> None:
    drafts = [EventDraft(type="call.ended", data={"n": n}, id=None, occurred_at=None) for n in range(count)]
    await engine.accept(drafts, AGENT)

    async def all_wait() -> bool:
        items = (await engine.executions.page(ExecutionQuery())).items
        return len(items) == count and all(item.status is status for item in items)

    assert await eventually(all_wait)


async def test_retries_keep_the_version_that_they_began_with(api: Api, receiver: Receiver) -> None:
    engine = api.engine
    receiver.status = 500
    hook = await engine.hooks.save(raw(receiver.url), actor=SYSTEM)
    await fire(engine, 1)
    await engine.hooks.save(raw(f"{receiver.url}/new"), actor=SYSTEM, hook_id=hook.id)
    waiting = (await api.get(f"/hooks/{hook.id}/waiting")).json()

    assert await eventually(lambda: len(receiver.requests) == 2)
    assert waiting == {"waiting": 1, "version": 2}
    assert receiver.paths == ["/in", "/in"]


async def test_what_waits_is_sent_by_the_new_version_when_told_to(api: Api, receiver: Receiver) -> None:
    engine = api.engine
    receiver.status = 500
    hook = await engine.hooks.save(raw(receiver.url), actor=SYSTEM)
    await fire(engine, 3)
    await engine.hooks.save(raw(f"{receiver.url}/new"), actor=SYSTEM, hook_id=hook.id)
    receiver.status = 200

    moved = (await api.post(f"/hooks/{hook.id}/waiting", role=Role.MANAGER, json={"version": "now"})).json()
    again = (await api.post(f"/hooks/{hook.id}/waiting", json={"version": "now"})).json()

    assert await eventually(lambda: len(receiver.requests) == 6)
    assert (moved, again) == ({"moved": 3, "version": 2}, {"moved": 0, "version": 2})
    assert receiver.paths == ["/in"] * 3 + ["/in/new"] * 3
    items = (await engine.executions.page(ExecutionQuery())).items
    assert {item.hook_version for item in items} == {2}
    (entry,) = (await engine.audit.entries(replace(ALL, action="hook.waiting_moved"), actor=ADMIN)).items
    assert entry.after == {"executions": 3, "version": 2}


async def test_who_may_not_manage_hooks_moves_nothing(api: Api, receiver: Receiver) -> None:
    hook = await api.engine.hooks.save(raw(receiver.url), actor=SYSTEM)

    refused = await api.post(f"/hooks/{hook.id}/waiting", role=Role.USER, json={"version": "now"})
    unclear = await api.post(f"/hooks/{hook.id}/waiting", json={"version": 1})
    nowhere = await api.post("/hooks/99/waiting", json={"version": "now"})

    assert (refused.status_code, unclear.status_code, nowhere.status_code) == (403, 422, 404)
    assert unclear.json()["errors"][0]["field"] == "version"


async def test_what_was_tried_of_an_action_that_is_gone_keeps_its_version(engine: Engine, receiver: Receiver) -> None:
    receiver.answers["/in"] = (200, b"ok")
    receiver.answers["/in/second"] = (500, b"no")
    hook = await engine.hooks.save(raw(receiver.url, f"{receiver.url}/second"), actor=SYSTEM)
    await fire(engine, 1)
    await engine.hooks.save(raw(f"{receiver.url}/new"), actor=SYSTEM, hook_id=hook.id)

    assert await engine.waiting_behind.count(hook.id) == 0
    assert await engine.waiting_behind.send_by_new(hook.id, actor=MANAGER) == 0


async def test_what_was_taken_up_already_and_not_yet_sent_goes_by_the_new_version(
    engine: Engine, receiver: Receiver
) -> None:
    """Behind a call that takes long, others wait in memory."""
    receiver.delay = 0.5
    ordered = {"retries": [1], "ordered": True}
    hook = await engine.hooks.save(raw(receiver.url, delivery=ordered), actor=SYSTEM)
    data = {"lead_id": "lead_1"}
    await engine.accept([EventDraft(type="call.ended", data=data, id=None, occurred_at=None)] * 3, AGENT)
    assert await eventually(lambda: len(receiver.requests) == 1)
    await engine.hooks.save(raw(f"{receiver.url}/new", delivery=ordered), actor=SYSTEM, hook_id=hook.id)
    moved = await engine.waiting_behind.send_by_new(hook.id, actor=MANAGER)

    assert await eventually(lambda: len(receiver.requests) == 3)
    assert moved in {2, 3}
    assert receiver.paths == ["/in", "/in/new", "/in/new"]


async def test_what_is_being_sent_meanwhile_keeps_the_version_that_it_runs_by(
    engine: Engine, receiver: Receiver
) -> None:
    """A quick call is not marked as running: on disk it still waits."""
    receiver.delay, receiver.status = 0.2, 500
    hook = await engine.hooks.save(raw(receiver.url, f"{receiver.url}/second", run="parallel"), actor=SYSTEM)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)
    assert await eventually(lambda: len(receiver.requests) == 2)
    await engine.hooks.save(raw(f"{receiver.url}/new"), actor=SYSTEM, hook_id=hook.id)
    await engine.waiting_behind.send_by_new(hook.id, actor=MANAGER)

    async def tried() -> bool:
        (item,) = (await engine.executions.page(ExecutionQuery())).items
        return item.status is Status.RETRYING and len(item.attempts) == 2 and item.hook_version == 1

    assert await eventually(tried)
