"""POST /events as senders see it, and what comes of what was accepted."""

import orjson
import pytest

from engine.model import Role
from tests.engine.conftest import Api, Receiver, eventually

HOOK = {
    "title": "Lead Qualification",
    "trigger": "call.ended",
    "role": "agent",
    "type": "lead_processing",
    "condition": 'call_duration > 60 and sentiment == "positive"',
}
EVENT = {"type": "call.ended", "data": {"call_duration": "187", "sentiment": "positive", "first_name": "Zoë"}}


async def hook(api: Api, receiver: Receiver, **changes: object) -> int:
    answer = await api.post("/hooks", json={**HOOK, "actions": [{"url": receiver.url}], **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def executions(api: Api, expected: int = 1) -> list[dict]:
    async def finished() -> list[dict] | None:
        items = (await api.get("/executions")).json()["items"]
        return items if len(items) == expected and all(item["finished_at"] for item in items) else None

    return await eventually(finished) or (await api.get("/executions")).json()["items"]


async def test_an_event_fires_its_hook_and_the_execution_is_stored(api: Api, receiver: Receiver) -> None:
    hook_id = await hook(api, receiver)

    answer = await api.post("/events", role=Role.AGENT, json={**EVENT, "id": "evt_one"})

    assert answer.status_code == 202
    assert answer.json() == {"events": [{"id": "evt_one", "status": "accepted"}]}
    (execution,) = await executions(api)
    assert (execution["status"], execution["hook_id"], execution["event_id"]) == ("succeeded", hook_id, "evt_one")
    (attempt,) = execution["attempts"]
    assert (attempt["number"], attempt["action"], attempt["status_code"], attempt["error"]) == (1, 0, 200, None)
    whole = (await api.get(f"/executions/{execution['id']}")).json()
    assert (whole["id"], whole["status"], whole["attempts"][0]["response"]["body"]) == (
        execution["id"],
        "succeeded",
        "ok",
    )


async def test_the_request_is_the_standard_envelope(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver)

    await api.post("/events", role=Role.AGENT, json={**EVENT, "occurred_at": "2025-09-09T14:27:00Z"})
    (execution,) = await executions(api)

    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])
    assert head.startswith(b"POST /in HTTP/1.1")
    assert orjson.loads(body) == {"type": "call.ended", "timestamp": "2025-09-09T14:27:00Z", "data": EVENT["data"]}
    assert headers["webhook-id"] == execution["id"].lower()
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "trigger-hooks/0.0.0"
    assert headers["accept-encoding"] == "identity"
    assert "webhook-test" not in headers


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_get_and_delete_carry_no_body(api: Api, receiver: Receiver, method: str) -> None:
    await hook(api, receiver, actions=[{"url": receiver.url, "method": method}])

    await api.post("/events", role=Role.AGENT, json=EVENT)
    await executions(api)

    assert receiver.requests[0].startswith(f"{method} /in ".encode())
    assert receiver.requests[0].endswith(b"\r\n\r\n")


async def test_a_repeated_id_is_a_duplicate_and_runs_nothing(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver)
    event = {**EVENT, "id": "evt_one"}

    first = await api.post("/events", role=Role.AGENT, json=event)
    both = await api.post("/events", role=Role.AGENT, json=[event, {**EVENT, "id": "evt_two"}, event])

    assert [one["status"] for one in (*first.json()["events"], *both.json()["events"])] == [
        "accepted",
        "duplicate",
        "accepted",
        "duplicate",
    ]
    assert {one["event_id"] for one in await executions(api, 2)} == {"evt_one", "evt_two"}


async def test_the_role_is_that_of_the_key_whatever_the_event_says(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver, role="admin")

    await api.post("/events", role=Role.AGENT, json={**EVENT, "role": "admin"})
    await api.post("/events", role=Role.ADMIN, json={**EVENT, "id": "by-admin"})

    assert [one["event_id"] for one in await executions(api)] == ["by-admin"]


@pytest.mark.parametrize(
    "changes",
    [
        {"enabled": False},
        {"trigger": "call.started"},
        {"condition": "lead_score >= 80"},
        {"filters": {"rows": [{"field": "first_name", "operator": "is", "value": "Ada"}]}},
    ],
)
async def test_a_hook_that_does_not_qualify_makes_no_execution(api: Api, receiver: Receiver, changes: dict) -> None:
    await hook(api, receiver, **changes)
    witness = await hook(api, receiver)

    await api.post("/events", role=Role.AGENT, json=EVENT)

    assert [one["hook_id"] for one in await executions(api)] == [witness]


async def test_an_address_that_is_refused_is_told_in_class_and_words(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver, actions=[{"url": "http://10.0.0.1/"}])

    await api.post("/events", role=Role.AGENT, json=EVENT)
    (execution,) = await executions(api)

    error = execution["attempts"][0]["error"]
    assert (execution["status"], error["class"]) == ("failed", "address_refused")
    assert "not public" in error["message"]


async def test_edits_count_from_the_next_event_on(api: Api, receiver: Receiver) -> None:
    hook_id = await hook(api, receiver, enabled=False)
    await api.post("/events", role=Role.AGENT, json={**EVENT, "id": "before"})
    current = (await api.get(f"/hooks/{hook_id}")).json()

    await api.call("PUT", f"/api/v1/hooks/{hook_id}", json={**current, "enabled": True})
    await api.post("/events", role=Role.AGENT, json={**EVENT, "id": "after"})

    assert [(one["event_id"], one["hook_version"]) for one in await executions(api)] == [("after", 2)]


async def test_hits_are_counted(api: Api, receiver: Receiver) -> None:
    hook_id = await hook(api, receiver)
    for _ in range(3):
        await api.post("/events", role=Role.AGENT, json=EVENT)
    await executions(api, 3)

    stats = (await api.engine.hooks.stats())[hook_id]

    assert (stats.hits, stats.succeeded, stats.failed) == (3, 3, 0)
    assert stats.last_hit_at is not None


async def test_a_replay_runs_the_hook_of_now_for_the_same_event(api: Api, receiver: Receiver) -> None:
    hook_id = await hook(api, receiver)
    await api.post("/events", role=Role.AGENT, json={**EVENT, "id": "evt_one"})
    (first,) = await executions(api)
    current = (await api.get(f"/hooks/{hook_id}")).json()
    await api.call("PUT", f"/api/v1/hooks/{hook_id}", json={**current, "title": "Renamed"})

    answer = await api.post(f"/executions/{first['id']}/replay", role=Role.MANAGER)

    assert answer.status_code == 202
    second, _ = await executions(api, 2)
    assert second["id"] == answer.json()["id"] != first["id"]
    assert (second["status"], second["event_id"], second["hook_version"]) == ("succeeded", "evt_one", 2)
    assert len(receiver.requests) == 2
    assert (await api.post("/executions/exe_none/replay")).status_code == 404
    await api.call("DELETE", f"/api/v1/hooks/{hook_id}")
    assert (await api.post(f"/executions/{first['id']}/replay")).status_code == 404


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic x"}, {"authorization": "Bearer nonsense"}])
async def test_without_a_known_key_nothing_is_taken(api: Api, header: dict) -> None:
    answer = await api.post("/events", role=None, json=EVENT, headers=header)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("key", ["x" * 10_000, "\xff\xfe", "th_", " "])
async def test_odd_keys_are_refused(api: Api, key: str) -> None:
    header = b"Bearer " + key.encode("latin-1")

    answer = await api.client.post("/api/v1/events", json=EVENT, headers={b"authorization": header})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 422, "body"),
        (b'{"type": "call.ended", "data": {"a": 1e999}}', 422, "body"),
        (b'{"type": "call.ended", "data": {"a": "\\ud800"}}', 422, "body"),
        (b'{"type": "call.ended", "data": ' + b'{"a":' * 200 + b"1" + b"}" * 201, 422, "data"),
        (b'{"type": "call.endet", "data": {}}', 422, "type"),
        (b'{"type": "call.ended", "data": "' + b"x" * 5_000_000 + b'"}', 413, None),
        (b'{"type": "call.ended", "data": {"a": "' + b"x" * 4_200_000 + b'"}}', 413, None),
    ],
)
async def test_what_is_wrong_is_refused_with_its_place(api: Api, body: bytes, status: int, field: str | None) -> None:
    answer = await api.post("/events", role=Role.AGENT, content=body)

    document = answer.json()
    assert (answer.status_code, document["status"], answer.headers["content-type"]) == (
        status,
        status,
        "application/problem+json",
    )
    if field:
        assert document["errors"][0]["field"] == field
        assert document["errors"][0]["message"] in document["detail"]


async def test_a_refused_array_stores_nothing(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver)

    answer = await api.post("/events", role=Role.AGENT, json=[EVENT, {"type": "call.ended"}])
    await api.post("/events", role=Role.AGENT, json={**EVENT, "id": "witness"})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["[1].data"]
    assert [one["event_id"] for one in await executions(api)] == ["witness"]


async def test_an_array_of_a_thousand(api: Api) -> None:
    answer = await api.post("/events", role=Role.AGENT, json=[{**EVENT, "id": f"e{n}"} for n in range(1_000)])

    assert answer.status_code == 202
    assert [one["id"] for one in answer.json()["events"]] == [f"e{n}" for n in range(1_000)]


async def test_a_cloud_event_with_its_attributes_in_headers(api: Api, receiver: Receiver) -> None:
    await hook(api, receiver)
    headers = {"ce-specversion": "1.0", "ce-type": "call.ended", "ce-source": "dialer", "ce-id": "7"}

    answer = await api.post("/events", role=Role.AGENT, json=EVENT["data"], headers=headers)

    assert answer.json() == {"events": [{"id": "dialer|7", "status": "accepted"}]}
    assert len(await executions(api)) == 1
