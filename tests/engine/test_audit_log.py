"""The audit log over HTTP: who changed what, from where, and what it was before; for Admins alone."""

from engine import Role
from tests.engine.conftest import Api

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
