"""Leads and metrics over HTTP."""

from engine import Role
from tests.engine.conftest import Api
from tests.engine.test_internal import save
from tests.engine.test_leads import GOOD_CALL, ZOE, post, processed

RULES = {"start": 10, "threshold": 50, "rows": [{"condition": "vip == true", "points": 60, "label": "VIP"}]}
LIMIT = {"metric": "calls", "comparison": "above", "threshold": 10, "aggregate": "sum"}


async def test_a_lead_is_listed_read_and_moved(api: Api) -> None:
    await save(api.engine, "/process-lead")
    await post(api.engine, ZOE | GOOD_CALL, "evt_1")
    lead = await processed(api.engine)

    listed = (await api.get("/leads?q=zoe&sort=score&status=qualified")).json()
    assert [one["id"] for one in listed["items"]] == [lead.id]
    answer = await api.get(f"/leads/{lead.id}")
    found = answer.json()
    assert (found["score"], found["category"], found["name"]) == (65, "warm", "Zoë Díaz")
    assert [event["id"] for event in found["events"]] == ["evt_1"]
    assert found["history"][-1]["what"] == "seen"

    stale = await api.call("PATCH", f"/api/v1/leads/{lead.id}", json={"status": "won"}, headers={"if-match": '"9"'})
    assert stale.status_code == 412
    etag = {"if-match": answer.headers["etag"]}
    moved = await api.call("PATCH", f"/api/v1/leads/{lead.id}", json={"status": "won"}, headers=etag)
    assert (moved.status_code, moved.json()["status"], moved.json()["status_by"]) == (200, "won", "admin key")


async def test_what_is_wrong_with_a_lead_is_told(api: Api) -> None:
    assert (await api.get("/leads/7")).status_code == 404
    assert (await api.get("/leads?cursor=nonsense")).status_code == 422
    assert (await api.get("/leads?cursor=999999999999999999-1")).status_code == 422
    refused = await api.call("PATCH", "/api/v1/leads/7", json={"status": "happy"})
    assert refused.json()["errors"][0]["field"] == "status"
    refused = await api.call("PATCH", "/api/v1/leads/7", json={"status": "won", "reason": 7})
    assert refused.json()["errors"][0]["field"] == "reason"


async def test_rules_are_read_and_replaced(api: Api) -> None:
    before = await api.get("/lead-rules")
    assert (before.json()["version"], before.json()["threshold"], before.headers["etag"]) == (0, 60, '"0"')

    saved = await api.call("PUT", "/api/v1/lead-rules", json=RULES, headers={"if-match": '"0"'})
    assert (saved.status_code, saved.json()["rows"]) == (200, RULES["rows"])
    again = await api.call("PUT", "/api/v1/lead-rules", json=saved.json(), headers={"if-match": '"0"'})
    assert again.status_code == 412
    wrong = await api.call("PUT", "/api/v1/lead-rules", json=RULES | {"threshold": 0})
    assert wrong.json()["errors"] == [{"field": "threshold", "message": "From 1 to 100."}]


async def test_limits_are_made_replaced_and_deleted(api: Api) -> None:
    made = await api.post("/metric-limits", json=LIMIT)
    assert (made.status_code, made.json()["window"], made.json()["event"]) == (201, 60, "agent.performance_threshold")
    number = made.json()["id"]
    changed = await api.call("PUT", f"/api/v1/metric-limits/{number}", json=made.json() | {"threshold": 20})
    assert changed.json()["threshold"] == 20
    wrong = await api.post("/metric-limits", json=LIMIT | {"window": 0, "metric": "a b"})
    assert {one["field"] for one in wrong.json()["errors"]} == {"window", "metric"}
    assert (await api.call("DELETE", f"/api/v1/metric-limits/{number}")).status_code == 204
    assert (await api.get("/metric-limits")).json()["items"] == []
    assert (await api.call("DELETE", f"/api/v1/metric-limits/{number}")).status_code == 404
    assert (await api.get("/metrics/none")).status_code == 404


async def test_keys_of_users_read_leads_masked(api: Api) -> None:
    hook = await save(api.engine, "/process-lead")
    await post(api.engine, ZOE | GOOD_CALL, "evt_1")
    lead = await processed(api.engine)

    listed = await api.get("/leads", role=Role.USER)
    one = await api.get(f"/leads/{lead.id}", role=Role.USER)
    runs = await api.get(f"/executions?hook_id={hook}", role=Role.USER)
    for answer in (listed, one, runs):
        assert answer.status_code == 200
        assert "5550132" not in answer.text
    assert one.json()["fields"]["phone_number"] == "+1•••••••32"
    assert (await api.get(f"/leads/{lead.id}")).json()["fields"]["phone_number"] == "+14155550132"


async def test_a_number_of_a_lead_cannot_be_found_out_digit_by_digit(api: Api) -> None:
    await save(api.engine, "/process-lead")
    await post(api.engine, ZOE | GOOD_CALL | {"phone_number": "+14155550121"}, "evt_1")
    await processed(api.engine)

    async def found(words: str, role: Role) -> int:
        return len((await api.call("GET", "/api/v1/leads", params={"q": words}, role=role)).json()["items"])

    assert (await found("+14155550", Role.MANAGER), await found("+14155550", Role.USER)) == (1, 0)
    assert await found("+14155550121", Role.USER) == 1
