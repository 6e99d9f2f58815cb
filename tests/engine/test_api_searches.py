"""Lists asked by POST: the words of a search are in no address."""

import pytest

from engine import Role
from tests.engine.conftest import Api

LISTS = ("audit", "events", "executions", "hooks", "leads", "tasks")
CALL = {"type": "call.ended", "data": {"first_name": "Maria", "call_duration": 5}}
TASK = {"title": "Call Maria back", "due_at": "2030-01-01T10:00:00Z"}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_answers_to_a_body_as_to_a_query(api: Api, name: str) -> None:
    await api.post("/events", json=CALL)
    await api.post("/tasks", json=TASK)
    asked = {"q": "Maria", "limit": 2, "cursor": None}

    by_body = await api.post(f"/{name}/search", json=asked)
    by_query = await api.get(f"/{name}?q=Maria&limit=2")

    assert by_body.status_code == by_query.status_code == 200
    assert by_body.json() == by_query.json()
    assert by_body.headers["cache-control"] == "no-store"


async def test_what_is_found_is_what_the_body_asks_for(api: Api) -> None:
    for number in range(3):
        await api.post("/tasks", json={**TASK, "title": f"Maria & José #{number}"})
    await api.post("/tasks", json={**TASK, "title": "Paul"})

    first = (await api.post("/tasks/search", json={"q": "maria & josé #", "limit": 2})).json()
    rest = (await api.post("/tasks/search", json={"q": "maria & josé #", "cursor": first["next"]})).json()

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert (await api.post("/executions/search", json={"test": True})).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"q": ["Maria"]}, "q"),
        ({"limit": 1.5}, "limit"),
        ({"limit": 0}, "limit"),
        ({"q": "x" * 5_000}, "q"),
        ([], "body"),
    ],
)
async def test_what_is_wrong_is_said_by_its_name(api: Api, body: object, field: str) -> None:
    answer = await api.post("/events/search", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_who_may_not_see_the_list_may_not_search_it(api: Api) -> None:
    assert (await api.call("POST", "/api/v1/audit/search", role=Role.MANAGER, json={})).status_code == 403
    assert (await api.call("POST", "/api/v1/events/search", role=None, json={"q": "Maria"})).status_code == 401
