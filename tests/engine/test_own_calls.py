"""Hooks that call our own addresses: what they create continues their chain, and what could not is refused."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import SYSTEM, Execution, Gate, Role, Status
from engine.api import create_app
from engine.events.chains import LONGEST
from engine.secrets.chain_marks import ChainMarks
from tests.engine.conftest import Api, Receiver, eventually
from tests.engine.test_chains import all_ended
from tests.engine.test_own_door import decided, events

CONTINUES = {
    "POST /sources/{source_id}/sample",
    "POST /tasks",
    "PATCH /tasks/{task_id}",
    "PATCH /leads/{lead_id}",
}
"""`POST /events` and `/in/TOKEN` are routes of their own."""
REFUSES = {
    "POST /hooks/{hook_id}/test",
    "POST /replays",
    "POST /executions/{execution_id}/replay",
    "POST /metric-limits",
    "PUT /metric-limits/{limit_id}",
    "POST /sources/{source_id}/mapping/again",
}
CREATES_NO_EVENT = {
    "POST /hooks",
    "PUT /hooks/{hook_id}",
    "DELETE /hooks/{hook_id}",
    "POST /hooks/{hook_id}/duplicate",
    "POST /hooks/{hook_id}/rotate-secret",
    "POST /hooks/{hook_id}/waiting",
    "POST /hooks/{hook_id}/cases",
    "DELETE /hooks/{hook_id}/cases/{case_id}",
    "POST /hooks/backtest",
    "DELETE /replays/{replay_id}",
    "DELETE /tasks/{task_id}",
    "PUT /lanes/{type}",
    "PUT /lead-rules",
    "DELETE /metric-limits/{limit_id}",
    "POST /keys",
    "PATCH /keys/{key_id}",
    "POST /keys/{key_id}/roll",
    "DELETE /keys/{key_id}",
    "POST /sources",
    "PATCH /sources/{source_id}",
    "DELETE /sources/{source_id}",
    "POST /sources/{source_id}/roll",
    "POST /sources/{source_id}/address",
    "POST /sources/{source_id}/mapping/try",
    "POST /event-types",
    "PUT /event-types/{type}",
    "DELETE /event-types/{type}",
    "POST /audit/search",
    "POST /events/search",
    "POST /executions/search",
    "POST /hooks/search",
    "POST /leads/search",
    "POST /tasks/search",
    "POST /users",
    "PATCH /users/{user_id}",
    "DELETE /users/{user_id}",
    "POST /users/{user_id}/reset",
    "POST /users/{user_id}/sign-out",
}
"""Or none before a minute has passed, by a schedule."""

RUN = {"type": "call.ended", "data": {"lead_id": "L1"}}


async def save(
    api: Api, port: int, trigger: str, path: str, body: Mapping[str, Any] | None = None, *, method: str = "POST"
) -> int:
    """A hook that calls one of our own addresses with an Admin's key."""
    action = {
        "url": f"http://127.0.0.1:{port}{path}",
        "method": method,
        "headers": {"authorization": f"Bearer {api.keys[Role.ADMIN]}"},
        "body": json.dumps(body) if body is not None else None,
    }
    role = "agent" if trigger in {"call.ended", "sms.sent"} else "system"
    hook = {"title": "Back", "trigger": trigger, "role": role, "actions": [action], "delivery": {"retries": []}}
    answer = await api.post("/hooks", json=hook)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def ran(api: Api, event: Mapping[str, Any] = RUN) -> Execution:
    """The first execution of one event."""
    assert (await api.post("/events", role=Role.AGENT, json=event)).status_code == 202
    return (await all_ended(api.engine, 1))[0]


async def mark_of(api: Api, receiver: Receiver, count: int = 1) -> str:
    """Of the run of a hook that listens to `call.ended`, which is the last of so many."""
    await api.post(
        "/hooks",
        json={"title": "Out", "trigger": "call.ended", "role": "agent", "actions": [{"url": receiver.url}]},
    )
    assert (await api.post("/events", role=Role.AGENT, json=RUN)).status_code == 202
    return ChainMarks(api.engine.vault).mark((await all_ended(api.engine, count))[-1].id, 0)


async def assert_cut(api: Api, first: Execution) -> None:
    """The newest event is the run's, and did not run the hook again."""
    newest = (await events(api))[0]
    assert newest["chain"] == [
        {"hook_id": first.hook_id, "entity": newest["chain"][0]["entity"], "execution_id": first.id}
    ]
    decision = await decided(api, newest)
    assert (decision["fired"], decision["gate"]) == (False, Gate.CHAIN)
    assert len(await all_ended(api.engine, 1)) == 1


async def test_through_a_source_a_loop_is_cut(api: Api, port: int) -> None:
    raw = {"platform": "generic", "name": "Ours", "verify": {"kind": "none"}, "role": "agent"}
    source = (await api.post("/sources", json=raw)).json()
    path = source["url"].removeprefix(api.engine.settings.public_url)
    await save(api, port, "sms.sent", path, {"type": "sms.sent", "data": {"lead_id": "L1"}})

    first = await ran(api, {"type": "sms.sent", "data": {"lead_id": "L1"}})

    assert first.status is Status.SUCCEEDED
    await assert_cut(api, first)


async def test_through_a_source_a_chain_comes_to_its_end(api: Api, port: int) -> None:
    raw = {"platform": "generic", "name": "Ours", "verify": {"kind": "none"}, "role": "agent"}
    source = (await api.post("/sources", json=raw)).json()
    path = source["url"].removeprefix(api.engine.settings.public_url)
    await save(api, port, "sms.sent", path, {"type": "sms.sent", "data": {"lead_id": "{{ lead_id }}x"}})

    await ran(api, {"type": "sms.sent", "data": {"lead_id": "L"}})

    made = await all_ended(api.engine, LONGEST + 1)
    assert [one.status for one in made] == [*[Status.SUCCEEDED] * LONGEST, Status.FAILED]


async def test_through_a_task_a_loop_is_cut(api: Api, port: int) -> None:
    body = {"title": "Again", "due_at": "2030-09-12T16:00:00Z"}
    await save(api, port, "task.created", "/api/v1/tasks", body)
    await api.post("/tasks", json=body)

    (first,) = await all_ended(api.engine, 1)

    assert first.status is Status.SUCCEEDED
    await assert_cut(api, first)


async def test_through_a_task_that_is_moved_a_loop_is_cut(api: Api, port: int) -> None:
    task = (await api.post("/tasks", json={"title": "Again", "due_at": "2030-09-12T16:00:00Z"})).json()
    moved = {"due_at": "2020-01-01T00:00:00Z", "notes": "after {{ due_at }}"}
    await save(api, port, "follow_up.due", f"/api/v1/tasks/{task['id']}", moved, method="PATCH")
    await api.call("PATCH", f"/api/v1/tasks/{task['id']}", json={"due_at": "2021-01-01T00:00:00Z"})

    (first,) = await all_ended(api.engine, 1)

    async def second() -> bool:
        return sum(one["type"] == "follow_up.due" for one in await events(api)) == 2

    assert await eventually(second)
    await assert_cut(api, first)


async def test_what_a_person_moves_starts_a_new_chain(api: Api, receiver: Receiver) -> None:
    mark = await mark_of(api, receiver)
    raw = {"title": "Again", "due_at": "2030-09-12T16:00:00Z"}
    task = (await api.post("/tasks", json=raw, headers={"webhook-chain": mark})).json()
    assert (await api.engine.tasks.get(task["id"])).chain

    await api.call("PATCH", f"/api/v1/tasks/{task['id']}", json={"due_at": "2031-01-01T00:00:00Z"})

    assert not (await api.engine.tasks.get(task["id"])).chain


async def test_the_status_of_a_lead_continues_the_chain(api: Api, receiver: Receiver) -> None:
    await api.engine.hooks.save(
        {
            "title": "Leads",
            "trigger": "lead.generated",
            "role": "agent",
            "actions": [{"url": "https://internal.ai-sync.com/process-lead"}],
        },
        actor=SYSTEM,
    )
    await ran(api, {"type": "lead.generated", "data": {"lead_id": "L1"}})
    (lead,) = (await api.get("/leads")).json()["items"]
    mark = await mark_of(api, receiver, 2)

    answer = await api.call(
        "PATCH", f"/api/v1/leads/{lead['id']}", json={"status": "qualified"}, headers={"webhook-chain": mark}
    )

    assert answer.status_code == 200
    newest = (await events(api))[0]
    assert newest["type"].startswith("lead.")
    assert [one["entity"] for one in newest["chain"]] == ["lead_id:L1"]


async def test_a_sample_continues_the_chain(api: Api, receiver: Receiver) -> None:
    mark = await mark_of(api, receiver)
    source = (await api.post("/sources", json={"platform": "retell", "name": "Main", "secret": "key_5f1c"})).json()

    answer = await api.post(f"/sources/{source['id']}/sample", headers={"webhook-chain": mark})

    (id,) = [one["id"] for one in answer.json()["events"]]
    (event,) = [one for one in await events(api) if one["id"] == id]
    assert (len(event["chain"]), event["test"]) == (1, True)


async def test_a_hook_that_tests_itself_is_refused(api: Api, port: int) -> None:
    hook_id = await save(api, port, "call.ended", "/api/v1/hooks/1/test", {"send": True, "role": "agent"})
    assert hook_id == 1

    first = await ran(api)

    assert first.status is Status.FAILED
    (attempt,) = (await api.engine.executions.get(first.id)).execution.attempts
    assert attempt.response and attempt.response.status == 409
    assert "hooks may not send tests" in attempt.response.body
    assert len(await all_ended(api.engine, 1)) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/hooks/1/test", {"send": True, "role": "agent"}),
        ("POST", "/replays", {"status": "failed"}),
        ("POST", "/executions/{id}/replay", None),
        ("POST", "/metric-limits", {}),
        ("PUT", "/metric-limits/1", {}),
        ("POST", "/sources/1/mapping/again", {}),
    ],
)
async def test_what_cannot_continue_a_chain_is_refused(
    api: Api, receiver: Receiver, method: str, path: str, body: Any
) -> None:
    mark = await mark_of(api, receiver)
    path = f"/api/v1{path}".replace("{id}", mark.partition("/")[0])

    answer = await api.call(method, path, json=body, headers={"webhook-chain": mark})
    forged = await api.call(method, path, json=body, headers={"webhook-chain": mark[:-1]})

    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "leave out the header webhook-chain" in answer.json()["detail"]
    assert forged.status_code != 409


@pytest.mark.parametrize(("path", "body"), [("/hooks/1/test", {"role": "agent"}), ("/replays", {"dry": True})])
async def test_what_sends_nothing_is_answered(api: Api, receiver: Receiver, path: str, body: Any) -> None:
    mark = await mark_of(api, receiver)

    assert (await api.post(path, json=body, headers={"webhook-chain": mark})).status_code == 200


async def test_what_a_test_creates_is_a_test(api: Api, port: int) -> None:
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    hook_id = await save(api, port, "call.ended", "/api/v1/tasks", {"title": "Again", "due_at": soon})

    await api.post(f"/hooks/{hook_id}/test", json={"send": True, "role": "agent", "data": {}})

    (task,) = (await api.get("/tasks")).json()["items"]
    assert (await api.engine.tasks.get(task["id"])).test


async def test_every_route_that_changes_something_says_what_it_does_with_a_chain(api: Api) -> None:
    """A new route has to be added to one of the sets, after a look at whether it leads to an event or an execution."""
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in create_app(api.engine).openapi()["paths"].items()
        for method in operations
        if method != "get"
    }

    assert routes - {"POST /events"} == CONTINUES | REFUSES | CREATES_NO_EVENT
