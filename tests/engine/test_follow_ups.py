"""Tasks through the whole corridor: over the API, told now, due when the time comes, once, late where they must be."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest

from engine import SYSTEM, Engine, EventQuery, ExecutionQuery, Json, NotAllowed, NotFound, Role, Status
from engine.errors import Overloaded
from engine.model import Actor, DiskUse
from engine.ports import AuditQuery
from tests.engine.conftest import ADMIN, Api, Receiver, eventually, new_engine

MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
NOW = datetime.now(UTC)
TASK: dict[str, Json] = {
    "title": "Call back",
    "due_at": "2025-09-12T16:00:00Z",
    "deadline_at": None,
    "warn_minutes": 60,
    "follow_up_type": "call",
    "assigned_to": "maria@example.com",
    "priority": "high",
    "notes": "",
    "lead": {"lead_id": "lead_48213"},
}


def at(**after: float) -> str:
    return (datetime.now(UTC) + timedelta(**after)).isoformat()


async def told(engine: Engine, type: str) -> list[dict[str, Json]]:
    page = await engine.insight.events(EventQuery(type=type, limit=500))
    return [dict(one.event.data) for one in reversed(page.items)]


async def hook(engine: Engine, trigger: str, url: str) -> int:
    raw = {"title": trigger, "trigger": trigger, "role": "system", "actions": [{"url": url}]}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def test_a_task_comes_back_as_it_was_sent(api: Api) -> None:
    created = await api.post("/tasks", json=TASK)

    assert created.status_code == 201
    document = created.json()
    assert created.headers["location"] == f"/api/v1/tasks/{document['id']}"
    assert document.items() >= TASK.items()
    assert document["state"] == "open"
    assert (await api.get(f"/tasks/{document['id']}")).json() == document
    assert (await api.get("/tasks")).json() == {"items": [document], "next": None}


async def test_title_and_due_time_are_all_that_it_takes(api: Api) -> None:
    assert (await api.post("/tasks", json={"title": "x", "due_at": at(days=1)})).status_code == 201

    refused = await api.post("/tasks", json={"notes": 7})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["field"] for one in refused.json()["errors"]} == {"title", "due_at", "notes"}


async def test_a_task_is_changed_completed_opened_again_and_deleted(api: Api) -> None:
    document = (await api.post("/tasks", json={**TASK, "due_at": at(days=1)})).json()
    path = f"/api/v1/tasks/{document['id']}"

    changed = (await api.call("PATCH", path, json={"priority": "low"})).json()
    done = (await api.call("PATCH", path, json={"state": "done"})).json()
    again = (await api.call("PATCH", path, json={"state": "open"})).json()
    wrong = await api.call("PATCH", path, json={"state": ["done"], "due_at": "soon"})

    assert (changed["priority"], changed["title"]) == ("low", "Call back")
    assert (done["state"], done["done_by"], done["done_at"] is not None) == ("done", "admin key", True)
    assert (again["state"], again["done_by"], again["done_at"]) == ("open", None, None)
    assert wrong.status_code == 422
    assert (await api.call("DELETE", path)).status_code == 204
    assert (await api.call("DELETE", path)).status_code == 404
    assert (await api.call("PATCH", path, json={})).status_code == 404
    assert (await api.get("/tasks")).json()["items"] == []


async def test_tasks_page_and_narrow(api: Api) -> None:
    for number in range(5):
        await api.post(
            "/tasks", json={"title": f"Call {number}", "due_at": at(days=number + 1), "assigned_to": f"p{number % 2}"}
        )

    first = (await api.get("/tasks?limit=3")).json()
    second = (await api.get("/tasks", params={"limit": 3, "cursor": first["next"]})).json()
    assert [one["title"] for one in [*first["items"], *second["items"]]] == [f"Call {number}" for number in range(5)]
    assert second["next"] is None
    assert len((await api.get("/tasks?assigned_to=p1")).json()["items"]) == 2
    assert len((await api.get("/tasks", params={"from": at(days=3), "q": "call"})).json()["items"]) == 2
    assert (await api.get("/tasks?state=done")).json()["items"] == []
    assert (await api.get("/tasks?cursor=x")).status_code == 422
    assert (await api.get("/tasks?from=2025-01-01T00:00:00")).status_code == 422


@pytest.mark.parametrize(
    ("role", "looks", "changes"),
    [
        (Role.ADMIN, 200, 201),
        (Role.MANAGER, 200, 201),
        (Role.USER, 200, 403),
        (Role.AGENT, 403, 403),
        (Role.SYSTEM, 403, 403),
        (None, 401, 401),
    ],
)
async def test_who_may(api: Api, role: Role | None, looks: int, changes: int) -> None:
    made = (await api.post("/tasks", json=TASK)).json()["id"]

    assert (await api.get("/tasks", role=role)).status_code == looks
    assert (await api.get(f"/tasks/{made}", role=role)).status_code == looks
    assert (await api.post("/tasks", json=TASK, role=role)).status_code == changes
    refused = {403, 401}
    for method in ("PATCH", "DELETE"):
        status = (await api.call(method, f"/api/v1/tasks/{made}", json={}, role=role)).status_code
        assert (status in refused) == (changes in refused)


async def test_people_s_data_is_masked_for_users(api: Api) -> None:
    lead = {"lead_id": "lead_48213", "phone_number": "+14155550132", "email": "zoe@example.com"}
    raw = {**TASK, "lead": lead, "title": "Write to zoe@example.com", "notes": "or call +14155550132"}
    made = (await api.post("/tasks", json=raw)).json()["id"]

    for path in ("/tasks", f"/tasks/{made}"):
        seen, masked = (await api.get(path)).text, (await api.get(path, role=Role.USER)).text
        assert "zoe@" in seen
        assert "5550132" in seen
        assert "zoe@" not in masked
        assert "5550132" not in masked
        assert "lead_48213" in masked


async def test_a_task_is_told_at_once_and_hooks_of_the_system_hear_it(engine: Engine, receiver: Receiver) -> None:
    await hook(engine, "task.created", receiver.url)
    await engine.tasks.add({**TASK, "due_at": at(days=1)}, actor=MANAGER)

    assert await eventually(lambda: receiver.bodies)
    sent = orjson.loads(receiver.bodies[0])
    assert sent["type"] == "task.created"
    assert sent["data"].items() >= {"lead_id": "lead_48213", "title": "Call back", "created_by": MANAGER.name}.items()


async def test_follow_up_and_deadline_come_when_their_time_has_come_and_once(
    engine: Engine, receiver: Receiver
) -> None:
    await hook(engine, "follow_up.due", receiver.url)
    await hook(engine, "task.deadline_approaching", receiver.url)
    raw = {**TASK, "due_at": at(seconds=1), "deadline_at": at(minutes=60, seconds=1.5), "warn_minutes": 60}
    await engine.tasks.add(raw, actor=MANAGER)

    assert receiver.requests == []
    assert await eventually(lambda: len(receiver.requests) == 2)
    follow_up, deadline = sorted((orjson.loads(body) for body in receiver.bodies), key=lambda one: one["timestamp"])
    assert (follow_up["type"], follow_up["data"]["overdue"]) == ("follow_up.due", 0)
    assert (deadline["type"], deadline["data"]["remaining"]) == ("task.deadline_approaching", 59)
    assert "late_seconds" not in follow_up["data"]

    async def both_ended() -> bool:
        return len((await engine.executions.page(ExecutionQuery(status=Status.SUCCEEDED))).items) == 2

    assert await eventually(both_ended)
    event = (await engine.insight.events(EventQuery(type="follow_up.due"))).items[0].event
    assert timedelta(0) <= event.received_at - event.occurred_at < timedelta(seconds=5)


async def test_a_task_that_is_done_or_deleted_or_moved_says_nothing_of_its_old_time(engine: Engine) -> None:
    soon = at(seconds=1)
    tasks = [await engine.tasks.add({"title": str(number), "due_at": soon}, actor=ADMIN) for number in range(4)]
    await engine.tasks.change(tasks[0].id, {"state": "done"}, actor=ADMIN)
    await engine.tasks.delete(tasks[1].id, actor=ADMIN)
    await engine.tasks.change(tasks[2].id, {"due_at": at(days=1)}, actor=ADMIN)

    assert await eventually(lambda: told(engine, "follow_up.due"))
    assert [data["follow_up_id"] for data in await told(engine, "follow_up.due")] == [tasks[3].id]

    await engine.tasks.change(tasks[2].id, {"due_at": soon}, actor=ADMIN)
    await engine.tasks.restore(tasks[1].id, actor=ADMIN)
    await engine.tasks.change(tasks[0].id, {"state": "open"}, actor=ADMIN)
    await engine.tasks.change(tasks[3].id, {"title": "Told already"}, actor=ADMIN)

    async def all_told() -> bool:
        return len(await told(engine, "follow_up.due")) == 4

    assert await eventually(all_told)


async def test_what_is_done_to_tasks_is_audited(engine: Engine) -> None:
    task = await engine.tasks.add({"title": "Call back", "due_at": at(days=1)}, actor=MANAGER)
    await engine.tasks.change(task.id, {"state": "done", "priority": "high"}, actor=MANAGER)
    await engine.tasks.delete(task.id, actor=MANAGER)
    await engine.tasks.restore(task.id, actor=MANAGER)

    entries = (await engine.audit.entries(AuditQuery(action="task"), actor=ADMIN)).items
    assert [entry.action for entry in entries] == ["task.restored", "task.deleted", "task.changed", "task.created"]
    assert entries[2].before == {"priority": "normal", "state": "open"}
    assert entries[2].after == {"priority": "high", "state": "done"}


async def test_who_watches_hears_of_every_change_and_of_no_other(engine: Engine) -> None:
    heard: list[str] = []
    leave = engine.tasks.subscribe(lambda: heard.append("changed"))
    task = await engine.tasks.add({"title": "Call back", "due_at": at(days=1)}, actor=MANAGER)
    await engine.tasks.change(task.id, {}, actor=MANAGER)
    await engine.tasks.delete(task.id, actor=MANAGER)
    leave()
    await engine.tasks.restore(task.id, actor=MANAGER)

    assert heard == ["changed", "changed"]


async def test_nobody_restores_what_is_there_or_changes_what_they_may_not(engine: Engine) -> None:
    task = await engine.tasks.add({"title": "Call back", "due_at": at(days=1)}, actor=MANAGER)
    user = Actor(kind="user", id=3, name="uli@example.com", role=Role.USER)

    with pytest.raises(NotFound):
        await engine.tasks.restore(task.id, actor=MANAGER)
    for refused in (
        engine.tasks.add({}, actor=user),
        engine.tasks.change(task.id, {}, actor=user),
        engine.tasks.delete(task.id, actor=user),
        engine.tasks.restore(task.id, actor=user),
    ):
        with pytest.raises(NotAllowed):
            await refused


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def test_what_fell_due_while_the_process_was_down_comes_once_and_says_how_late(tmp_path: Path) -> None:
    clock = Clock(NOW)
    engine = new_engine(tmp_path, clock)
    await engine.start()
    raw = {"title": "x", "due_at": (NOW + timedelta(hours=1)).isoformat()}
    await engine.tasks.add({**raw, "deadline_at": (NOW + timedelta(hours=5)).isoformat()}, actor=ADMIN)
    await engine.stop()

    clock.now = NOW + timedelta(hours=4, minutes=30)
    for _ in range(2):
        engine = new_engine(tmp_path, clock)
        await engine.start()
        try:
            assert await eventually(partial(told, engine, "task.deadline_approaching"))
            (due,) = await told(engine, "follow_up.due")
            (deadline,) = await told(engine, "task.deadline_approaching")
            assert (due["overdue"], due["late_seconds"]) == (210, 12_600)
            assert (deadline["remaining"], deadline["late_seconds"]) == (30, 1_800)
        finally:
            await engine.stop()


async def test_a_clock_that_goes_back_repeats_nothing_and_keeps_what_is_to_come(tmp_path: Path) -> None:
    clock = Clock(NOW)
    engine = new_engine(tmp_path, clock)
    await engine.start()
    try:
        for hours in (1, 3):
            due_at = (NOW + timedelta(hours=hours)).isoformat()
            await engine.tasks.add({"title": f"in {hours} h", "due_at": due_at}, actor=ADMIN)
        clock.now = NOW + timedelta(hours=2)
        assert await eventually(lambda: told(engine, "follow_up.due"))

        clock.now = NOW
        await engine.parts.clock.look()
        assert await engine.parts.delivery.sweep.fire_due() == 0
        clock.now = NOW + timedelta(hours=1.5)
        assert await engine.parts.delivery.sweep.fire_due() == 0
        clock.now = NOW + timedelta(hours=3)
        engine.parts.delivery.sweep.wake()

        async def both() -> bool:
            return len(await told(engine, "follow_up.due")) == 2

        assert await eventually(both)
    finally:
        await engine.stop()


async def test_what_is_due_waits_where_no_more_may_wait_and_comes_when_there_is_room(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> DiskUse:
        return DiskUse(used=1, free=0, total=100 << 30)

    monkeypatch.setattr(engine.parts.ground.backlog, "_disk_use", full)
    await engine.parts.ground.backlog.measure()
    await engine.tasks.add({"title": "x", "due_at": "2025-01-01T00:00:00Z"}, actor=ADMIN)
    with pytest.raises(Overloaded):
        await engine.parts.delivery.sweep.fire_due()
    assert await told(engine, "follow_up.due") == []

    monkeypatch.undo()
    await engine.parts.ground.backlog.measure()
    assert await eventually(lambda: told(engine, "follow_up.due"))


async def test_a_plan_that_fails_by_a_fault_of_ours_holds_up_no_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import engine.tasks.plans as plans

    plain = plans.planned_event

    def failing(task, plan, id, now):  # type: ignore[no-untyped-def]
        if task.definition.title == "bad":
            raise RuntimeError("a fault")
        return plain(task, plan, id, now)

    monkeypatch.setattr(plans, "planned_event", failing)
    for title in ("bad", "good"):
        await engine.tasks.add({"title": title, "due_at": "2025-01-01T00:00:00Z"}, actor=ADMIN)

    assert await eventually(lambda: told(engine, "follow_up.due"))
    assert len(await told(engine, "follow_up.due")) == 1
