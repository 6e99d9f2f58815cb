"""The audit log over HTTP: who changed what, from where, and what it was before; for Admins alone."""

from engine import Role
from tests.engine.conftest import Api, eventually

HOOK = {
    "title": "Leads",
    "trigger": "call.ended",
    "actions": [{"url": "https://example.com/", "headers": {"Authorization": "Bearer hidden"}}],
}


async def entries(api: Api, **query: object) -> list[dict]:
    answer = await api.get("/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_what_is_done_to_a_hook_is_told_with_before_and_after(api: Api) -> None:
    hook = (await api.post("/hooks", json=HOOK)).json()
    path = f"/api/v1/hooks/{hook['id']}"
    await api.call("PUT", path, json={**HOOK, "title": "Hot leads", "enabled": False})
    await api.call("GET", f"{path}?secrets=true")
    await api.call("DELETE", path)

    told = await entries(api, action="hook.")

    assert [one["action"] for one in told] == ["hook.deleted", "hook.secret_shown", "hook.saved", "hook.saved"]
    assert told[1]["subject"] == f"hook {hook['id']} “Hot leads”"
    assert told[2]["before"] == {"title": "Leads", "enabled": True}
    assert told[2]["after"] == {"title": "Hot leads", "enabled": False}
    assert (told[0]["actor"], told[0]["role"], told[0]["kind"]) == ("admin key", "admin", "key")
    assert told[0]["address"] == "127.0.0.1"


async def test_no_value_of_a_header_is_in_it(api: Api) -> None:
    await api.post("/hooks", json=HOOK)

    (told,) = await entries(api, action="hook.saved")

    assert told["after"]["actions"][0]["headers"] == ["Authorization"]
    assert "hidden" not in str(told)


async def test_it_pages_by_cursor_newest_first(api: Api) -> None:
    seen, cursor = list[int](), None
    while True:
        answer = await api.get("/audit", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [one["seq"] for one in answer.json()["items"]]
        if (cursor := answer.json()["next"]) is None:
            break

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(Role)
    assert (await api.get("/audit", params={"cursor": "x"})).status_code == 422


async def test_it_is_for_admins_alone(api: Api) -> None:
    for role in Role:
        assert (await api.get("/audit", role=role)).status_code == (200 if role is Role.ADMIN else 403)
    assert (await api.get("/audit", role=None)).status_code == 401


async def test_it_is_searched_over_the_api(api: Api) -> None:
    await api.post("/hooks", json=HOOK)

    assert [one["action"] for one in await entries(api, q="leads")] == ["hook.saved"]
    assert [one["actor"] for one in await entries(api, actor="admin key")] == ["admin key"]
    assert await entries(api, to="2020-01-01T00:00:00Z") == []
    assert len(await entries(api, **{"from": "2020-01-01T00:00:00Z"})) == len(Role) + 1
    assert (await api.get("/audit", params={"from": "2020-01-01T00:00:00"})).status_code == 422


async def test_a_lane_that_is_changed_is_told_and_one_that_is_not_is_not(api: Api) -> None:
    for _ in range(2):
        await api.call("PUT", "/api/v1/lanes/other", json={"concurrency": 3})

    (told,) = await entries(api, action="lane.saved")

    assert (told["subject"], told["before"], told["after"]) == ("lane other", {"concurrency": 64}, {"concurrency": 3})


async def test_replays_and_tests_that_send_are_told(api: Api) -> None:
    echo = {**HOOK, "role": "admin", "actions": [{"url": "https://internal.ai-sync.com/echo"}]}
    hook = (await api.post("/hooks", json=echo)).json()["id"]
    await api.post(f"/hooks/{hook}/test", json={})
    sent = (await api.post(f"/hooks/{hook}/test", json={"send": True})).json()["execution"]
    await api.post("/events", json={"type": "call.ended", "data": {}})
    done = await eventually(lambda: _delivered(api))
    again = (await api.post(f"/executions/{done}/replay")).json()
    many = (await api.post("/replays", json={"hook_id": hook, "status": "succeeded", "again": True})).json()
    await api.call("DELETE", f"/api/v1/replays/{many['id']}")

    (tested,) = await entries(api, action="hook.tested")
    (replayed,) = await entries(api, action="execution")
    stopped, begun = await entries(api, action="replay")
    assert (tested["subject"], tested["after"]["execution"]) == (f"hook {hook} “Leads”", sent["id"])
    assert (replayed["after"], done in replayed["subject"]) == ({"execution": again["id"]}, True)
    assert (begun["action"], begun["subject"]) == ("replay.begun", f"replay {many['id']}")
    assert (begun["after"]["hook_id"], begun["after"]["status"]) == (hook, "succeeded")
    assert (stopped["action"], stopped["subject"]) == ("replay.stopped", f"replay {many['id']}")


async def _delivered(api: Api) -> str | None:
    items = (await api.get("/executions", params={"status": "succeeded", "test": False})).json()["items"]
    return items[0]["id"] if items else None
