"""Hooks and executions over HTTP: the contract's words, and who may."""

from typing import Any

import pytest

from engine.model import Role
from tests.engine.conftest import Api, Receiver

HOOK = {
    "key": "lead-qualification",
    "title": "Lead Qualification",
    "description": "",
    "enabled": True,
    "trigger": "call.ended",
    "role": "agent",
    "type": "lead_processing",
    "filters": {"match": "all", "rows": [{"field": "country", "operator": "is", "value": "US"}]},
    "condition": 'call_duration > 60 and sentiment == "positive"',
    "run": "sequential",
    "actions": [{"url": "https://api.yourcrm.com/webhook/leads", "method": "POST", "headers": {}, "body": None}],
}


async def create(api: Api, **changes: object) -> dict:
    answer = await api.post("/hooks", json={**HOOK, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_hook_comes_back_as_it_was_sent(api: Api) -> None:
    created = await create(api)

    assert created["version"] == 1
    for name, value in HOOK.items():
        if name != "filters":
            assert created[name] == value
    assert created["filters"]["rows"][0].items() >= HOOK["filters"]["rows"][0].items()
    assert (await api.get(f"/hooks/{created['id']}")).json() == created


async def test_what_was_read_can_be_put_back(api: Api) -> None:
    created = await create(api)

    answer = await api.call("PUT", f"/api/v1/hooks/{created['id']}", json={**created, "title": "Renamed"})

    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["version"]) == ("Renamed", 2)
    assert answer.json()["created_at"] == created["created_at"]


async def test_a_lost_update_is_refused(api: Api) -> None:
    created = await create(api)
    path = f"/api/v1/hooks/{created['id']}"
    etag = (await api.call("GET", path)).headers["etag"]

    first = await api.call("PUT", path, json={**created, "title": "Mine"}, headers={"if-match": etag})
    second = await api.call("PUT", path, json={**created, "title": "Theirs"}, headers={"if-match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await api.call("GET", path)).json()["title"] == "Mine"


async def test_a_duplicate_is_a_disabled_copy(api: Api) -> None:
    created = await create(api)

    copy = (await api.post(f"/hooks/{created['id']}/duplicate")).json()

    assert (copy["title"], copy["enabled"]) == ("Lead Qualification (copy)", False)
    assert copy["key"] != created["key"]
    assert copy["condition"] == created["condition"]


async def test_a_deleted_hook_is_gone_and_its_history_stays(api: Api) -> None:
    created = await create(api)
    path = f"/api/v1/hooks/{created['id']}"

    assert (await api.call("DELETE", path)).status_code == 204
    assert (await api.call("GET", path)).status_code == 404
    assert (await api.call("DELETE", path)).status_code == 404
    versions = (await api.call("GET", f"{path}/versions")).json()["items"]
    assert [(version["version"], version["deleted"]) for version in versions] == [(2, True), (1, False)]


async def test_versions_say_who_and_when(api: Api) -> None:
    created = await create(api)
    await api.call("PUT", f"/api/v1/hooks/{created['id']}", json={**created, "title": "Second"})

    versions = (await api.get(f"/hooks/{created['id']}/versions")).json()["items"]

    assert [version["title"] for version in versions] == ["Second", "Lead Qualification"]
    assert {version["saved_by"] for version in versions} == {"admin key"}


async def test_hooks_page_by_cursor(api: Api) -> None:
    for number in range(5):
        await create(api, title=f"Hook {number}", key="")

    first = (await api.get("/hooks?limit=3")).json()
    second = (await api.get(f"/hooks?limit=3&cursor={first['next']}")).json()

    assert [hook["title"] for hook in (*first["items"], *second["items"])] == [f"Hook {n}" for n in range(5)]
    assert second["next"] is None
    assert [hook["title"] for hook in (await api.get("/hooks?q=hook 4")).json()["items"]] == ["Hook 4"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"trigger": "call.endet"}, "trigger"),
        ({"condition": "call_duration >"}, "condition"),
        ({"condition": "__import__('os')"}, "condition"),
        ({"condition": "x == " + "1" * 2_000}, "condition"),
        ({"condition": "9 ** 9"}, "condition"),
        ({"role": "boss"}, "role"),
        ({"type": "crm"}, "type"),
        ({"actions": []}, "actions"),
        ({"actions": [{"url": "ftp://example.com"}]}, "actions[0].url"),
        ({"actions": [{"url": "https://user:secret@example.com/"}]}, "actions[0].url"),
        ({"actions": [{"url": "https://example.com/a\r\nX-Injected: 1"}]}, "actions[0].url"),
        ({"actions": [{"url": "https://example.com", "headers": {"x": "a\r\nb: c"}}]}, "actions[0].headers.x"),
        ({"actions": [{"url": "https://example.com", "headers": {"host": "a"}}]}, "actions[0].headers.host"),
        ({"actions": [{"url": "https://example.com", "method": "TRACE"}]}, "actions[0].method"),
        ({"filters": {"rows": [{"field": "", "operator": "is", "value": 1}]}}, "filters.rows[0].field"),
        ({"titel": "x"}, "titel"),
    ],
)
async def test_a_wrong_hook_is_refused_by_its_field(api: Api, changes: dict, field: str) -> None:
    answer = await api.post("/hooks", json={**HOOK, **changes})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await api.get("/hooks")).json()["items"] == []


async def test_a_key_is_given_to_one_hook_alone(api: Api) -> None:
    await create(api)

    answer = await api.post("/hooks", json=HOOK)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "key")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/hooks", {Role.ADMIN, Role.MANAGER, Role.USER}),
        ("POST", "/hooks", {Role.ADMIN, Role.MANAGER}),
        ("PUT", "/hooks/1", {Role.ADMIN, Role.MANAGER}),
        ("DELETE", "/hooks/1", {Role.ADMIN, Role.MANAGER}),
        ("POST", "/hooks/1/duplicate", {Role.ADMIN, Role.MANAGER}),
        ("POST", "/hooks/1/test", {Role.ADMIN, Role.MANAGER, Role.USER}),
        ("GET", "/hooks/1/versions", {Role.ADMIN, Role.MANAGER, Role.USER}),
        ("GET", "/executions", {Role.ADMIN, Role.MANAGER, Role.USER}),
        ("GET", "/executions/exe_1", {Role.ADMIN, Role.MANAGER, Role.USER}),
        ("POST", "/executions/exe_1/replay", {Role.ADMIN, Role.MANAGER}),
        ("POST", "/hooks/1/rotate-secret", {Role.ADMIN}),
        ("GET", "/event-types", set(Role)),
        ("POST", "/events", set(Role)),
    ],
)
async def test_each_route_asks_for_a_key_and_a_role(api: Api, method: str, path: str, allowed: set[Role]) -> None:
    for role in (None, *Role):
        answer = await api.call(method, f"/api/v1{path}", role=role, json={})
        expected = 401 if role is None else 403
        assert (answer.status_code == expected) == (role not in allowed), (role, answer.text)


async def test_a_dry_run_decides_and_sends_nothing(api: Api, receiver: Receiver) -> None:
    created = await create(api, actions=[{"url": receiver.url}], filters={"rows": []})
    data = {"call_duration": 45, "sentiment": "positive"}

    answer = await api.post(f"/hooks/{created['id']}/test", json={"data": data, "role": "agent", "send": False})

    decision = answer.json()["decision"]
    assert (decision["hook_id"], decision["hook_version"]) == (created["id"], 1)
    assert (decision["fired"], decision["gate"]) == (False, "condition")
    assert "45 > 60" in decision["reason"]
    (request,) = answer.json()["requests"]
    assert request["headers"]["webhook-test"] == "true"
    assert receiver.requests == []
    assert (await api.get("/executions")).json()["items"] == []


async def test_a_dry_run_names_the_missing_field(api: Api) -> None:
    created = await create(api, filters={"rows": []})

    answer = await api.post(f"/hooks/{created['id']}/test", json={"data": {"call_duration": 90}, "role": "agent"})

    assert answer.json()["decision"]["reason"] == "no field `sentiment` in this event"


async def test_a_sent_test_runs_is_marked_and_counts_in_nothing(api: Api, receiver: Receiver) -> None:
    created = await create(api, actions=[{"url": receiver.url}], filters={"rows": []})
    data = {"call_duration": 90, "sentiment": "positive"}

    answer = await api.post(f"/hooks/{created['id']}/test", json={"data": data, "role": "agent", "send": True})

    execution = answer.json()["execution"]
    assert (execution["status"], execution["test"]) == ("succeeded", True)
    assert b"webhook-test: true" in receiver.requests[0]
    assert len(receiver.requests) == 1
    assert [one["id"] for one in (await api.get("/executions?test=true")).json()["items"]] == [execution["id"]]
    assert (await api.get("/executions?test=false")).json()["items"] == []
    stats = await api.engine.hooks.stats()
    assert created["id"] not in stats or stats[created["id"]].hits == 0


async def test_a_test_that_would_not_fire_sends_nothing_and_says_why(api: Api, receiver: Receiver) -> None:
    created = await create(api, actions=[{"url": receiver.url}], filters={"rows": []})
    data = {"call_duration": 5, "sentiment": "positive"}

    answer = await api.post(f"/hooks/{created['id']}/test", json={"data": data, "role": "agent", "send": True})
    document = answer.json()

    assert (answer.status_code, document["execution"]) == (200, None)
    assert (document["decision"]["fired"], document["decision"]["gate"]) == (False, "condition")
    assert [one["url"] for one in document["requests"]] == [receiver.url]
    assert receiver.requests == []
    assert (await api.get("/executions")).json()["items"] == []


async def test_who_may_send_a_test_and_act_as_whom(api: Api) -> None:
    created = await create(api, filters={"rows": []})
    path = f"/hooks/{created['id']}/test"

    assert (await api.post(path, role=Role.USER, json={"role": "user"})).status_code == 200
    assert (await api.post(path, role=Role.USER, json={"role": "user", "send": True})).status_code == 403
    for role in Role:
        assert (await api.post(path, role=Role.USER, json={"role": role})).status_code == 200, "a dry run, as anybody"
    assert (await api.post(path, role=Role.MANAGER, json={"role": "system", "send": True})).status_code == 403
    assert (await api.post(path, role=Role.ADMIN, json={"role": "nobody"})).status_code == 422


async def test_the_catalogue_health_and_the_documentation(api: Api) -> None:
    assert len((await api.get("/event-types")).json()["items"]) == 27
    assert (await api.client.get("/healthz")).json() == {"status": "ok"}
    assert (await api.client.get("/readyz")).json() == {"status": "ok"}
    schema = (await api.client.get("/api/openapi.json")).json()
    assert {"/api/v1/events", "/api/v1/hooks/{hook_id}"} <= set(schema["paths"])
    page = await api.client.get("/api/docs")
    assert page.status_code == 200
    assert "cdn" not in page.text


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "status=done", "cursor=!!", "from=2025-09-09T00:00:00"])
async def test_a_wrong_query_is_refused(api: Api, query: str) -> None:
    answer = await api.get(f"/executions?{query}")

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing-here", 404), ("PATCH", "/hooks/1", 405), ("DELETE", "/events", 405), ("GET", "/hooks/x", 422)],
)
async def test_what_the_api_does_not_have_is_a_problem_too(api: Api, method: str, path: str, status: int) -> None:
    answer = await api.call(method, f"/api/v1{path}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"description": "a\0b"}, "description"),
        ({"filters": {"rows": [{"field": "country", "operator": "is", "value": "U\0S"}]}}, "filters.rows[0].value"),
        ({"title\0": 1}, "body"),
    ],
)
async def test_nul_is_refused_with_its_place(api: Api, changes: dict[str, Any], place: str) -> None:
    hook = {"title": "A", "trigger": "call.ended", "actions": [{"url": "https://a.example/"}]}

    answer = await api.post("/hooks", json=hook | changes)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": place, "message": "Text may not hold the character NUL (\\u0000); leave it out."}
    ]
