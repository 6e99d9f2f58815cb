"""/create-task: a hook's action makes a follow-up, once, from what the event says and what the action says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine import Engine, EventQuery, Execution, ExecutionQuery, Json, Role, Status, Task, TaskQuery
from engine.events.draft import EventDraft
from engine.model import Actor
from tests.engine.conftest import ADMIN, Api, Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
CALL: dict[str, Json] = {
    "call_id": "call_9f31c2",
    "disposition": "interested",
    "lead_id": "lead_48213",
    "first_name": "Zoë",
    "last_name": "Díaz",
    "phone_number": "+14155550132",
    "sentiment": "positive",
    "assigned_to": "maria@example.com",
    "priority": "urgent",
}


async def ran(engine: Engine, query: str = "", body: Json = None, data: dict[str, Json] = CALL) -> Execution:
    """A hook with that action, one event, and what it came to."""
    action: dict[str, Any] = {"url": f"https://internal.ai-sync.com/create-task{query}"}
    if body is not None:
        action["body"] = orjson.dumps(body).decode()
    raw = {"title": "x", "trigger": "call.ended", "actions": [action], "delivery": {"retries": "none"}}
    hook = await engine.hooks.save(raw, actor=ADMIN)
    await engine.accept([EventDraft(type="call.ended", data=data, id=None, occurred_at=None)], AGENT)

    async def ended() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery(hook_id=hook.id))).items
        return items[0] if items and items[0].finished_at else None

    return await eventually(ended)


async def made(engine: Engine) -> Task:
    (task,) = (await engine.tasks.list(TaskQuery())).items
    return task


async def test_the_event_alone_makes_a_follow_up_for_its_lead_in_a_day(engine: Engine) -> None:
    execution = await ran(engine)
    task = await made(engine)

    assert execution.status is Status.SUCCEEDED
    assert task.definition.title == "Follow up with Zoë Díaz"
    assert task.definition.assigned_to == "maria@example.com"
    assert task.definition.priority == "normal"
    assert task.definition.due_at - task.created_at == timedelta(days=1)
    assert task.definition.lead == {
        "last_call_id": "call_9f31c2",
        "last_disposition": "interested",
        "lead_id": "lead_48213",
        "first_name": "Zoë",
        "last_name": "Díaz",
        "phone_number": "+14155550132",
    }
    (told,) = (await engine.insight.events(EventQuery(type="task.created"))).items
    assert told.event.data.items() >= {"task_id": task.id, "created_by": "hook", "lead_id": "lead_48213"}.items()
    assert told.event.chain[-1].execution_id == execution.id
    response = (await engine.executions.get(execution.id)).execution.attempts[0].response
    assert response is not None
    assert orjson.loads(response.body)["task_id"] == task.id


async def test_what_the_action_says_goes_before_what_the_event_says(engine: Engine) -> None:
    await ran(engine, "?due_in=2h&priority=high", {"title": "Call {{ first_name }}", "lead": {"city": "Lisbon"}})
    task = await made(engine)

    assert task.definition.due_at - task.created_at == timedelta(hours=2)
    assert (task.definition.title, task.definition.priority) == ("Call Zoë", "high")
    assert task.definition.lead.items() >= {"city": "Lisbon", "lead_id": "lead_48213"}.items()


async def test_what_the_event_says_is_taken_as_far_as_a_task_can_hold_it(engine: Engine) -> None:
    await ran(engine, data={**CALL, "assigned_to": "m" * 300, "notes": "n" * 6_000, "follow_up_type": "fax"})
    definition = (await made(engine)).definition

    assert (len(definition.assigned_to), len(definition.notes)) == (255, 5_000)
    assert definition.follow_up_type == "call"


async def test_a_strange_name_in_the_event_does_not_fail_the_task(engine: Engine) -> None:
    await ran(engine, data={**CALL, "first_name": "Zoë\n\u202e", "last_name": "\0", "assigned_to": "\u200b"})
    definition = (await made(engine)).definition

    assert (definition.title, definition.assigned_to) == ("Follow up with Zoë", "")


async def test_a_deadline_is_a_time_or_a_span(engine: Engine) -> None:
    await ran(engine, "?due_at=2031-01-01T09:00:00Z&deadline_in=3%20days&warn_minutes=15&title=x")
    task = await made(engine)

    assert task.definition.due_at == datetime(2031, 1, 1, 9, tzinfo=UTC)
    assert task.definition.deadline_at is not None
    assert task.definition.deadline_at - task.created_at == timedelta(days=3)
    assert task.definition.warn_minutes == 15


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?due_in=soon", "due_in"),
        ("?due_at=soon", "due_at"),
        ("?due_in=1h&due_at=2031-01-01T09:00:00Z", "not both"),
        ("?priority=urgent", "priority"),
        ("?warn_minutes=-1", "warn_minutes"),
        ("?owner=maria", "owner"),
    ],
)
async def test_what_is_wrong_is_answered_and_nothing_is_made(engine: Engine, query: str, words: str) -> None:
    execution = await ran(engine, query)

    assert execution.status is Status.FAILED
    attempt = (await engine.executions.get(execution.id)).execution.attempts[0]
    assert attempt.status_code == 422
    assert attempt.response is not None
    assert words in attempt.response.body
    assert (await engine.tasks.list(TaskQuery())).items == ()


async def test_the_follow_up_is_told_to_hooks_when_it_is_due(engine: Engine, receiver: Receiver) -> None:
    raw = {"title": "due", "trigger": "follow_up.due", "role": "system", "actions": [{"url": receiver.url}]}
    await engine.hooks.save(raw, actor=ADMIN)
    await ran(engine, "?due_in=1s")

    assert await eventually(lambda: receiver.bodies)
    sent = orjson.loads(receiver.bodies[0])
    assert sent["type"] == "follow_up.due"
    assert sent["data"].items() >= {"lead_id": "lead_48213", "last_disposition": "interested", "overdue": 0}.items()


async def test_whoever_watches_the_tasks_hears_of_it(engine: Engine) -> None:
    heard: list[int] = []
    engine.tasks.subscribe(lambda: heard.append(1))
    await ran(engine)

    assert await eventually(lambda: heard)


async def test_it_is_described_among_the_endpoints(api: Api) -> None:
    (found,) = [one for one in (await api.get("/endpoints")).json()["items"] if one["path"].endswith("/create-task")]

    names = {one["name"] for one in found["parameters"]}
    assert names >= {"title", "due_at", "due_in", "deadline_at", "priority", "lead"}
    assert all(one["meaning"] for one in found["parameters"])
