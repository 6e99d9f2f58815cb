"""People over HTTP."""

from urllib.parse import parse_qs, urlsplit

import pytest

from engine import Role
from tests.engine.conftest import Api

PASSWORD = "a few words of my own"


async def invited(api: Api, email: str = "mia@example.com", role: str = "manager") -> dict:
    answer = await api.post("/users", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def join(api: Api, email: str = "mia@example.com", role: str = "manager") -> int:
    made = await invited(api, email, role)
    await api.engine.accounts.welcome(parse_qs(urlsplit(made["link"]).fragment)["token"][0], PASSWORD)
    return made["id"]


async def test_from_the_invitation_to_the_reset(api: Api) -> None:
    made = await invited(api)
    assert (made["state"], made["role"], made["last_sign_in_at"]) == ("invited", "manager", None)
    assert made["link"].startswith("http://127.0.0.1:8080/welcome#token=")
    id = await join(api, "uli@example.com", "user")

    changed = await api.call("PATCH", f"/api/v1/users/{id}", json={"role": "manager"})
    disabled = await api.call("PATCH", f"/api/v1/users/{id}", json={"disabled": True})
    refused = await api.post(f"/users/{id}/reset", json={})
    await api.call("PATCH", f"/api/v1/users/{id}", json={"disabled": False})
    reset = await api.post(f"/users/{id}/reset", json={"drop_second_factor": True})
    withdrawn = await api.call("DELETE", f"/api/v1/users/{made['id']}")

    assert (changed.json()["role"], disabled.json()["state"]) == ("manager", "disabled")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "disabled")
    assert set(reset.json()) == {"link", "link_expires_at"}
    assert withdrawn.status_code == 204
    listed = (await api.get("/users")).json()
    assert [(one["email"], one["role"], one["state"]) for one in listed["items"]] == [
        ("uli@example.com", "manager", "active")
    ]
    assert "token" not in str(listed)
    told = (await api.get("/audit", params={"action": "user."})).json()["items"]
    assert [one["action"] for one in told] == [
        "user.withdrawn",
        "user.reset",
        "user.changed",
        "user.changed",
        "user.changed",
        "user.joined",
        "user.invited",
        "user.invited",
    ]
    assert (told[4]["before"]["role"], told[4]["after"]["role"]) == ("user", "manager")
    assert "welcome#token" not in str(told)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_it_is_for_keys_of_admins_alone(api: Api, role: Role) -> None:
    id = await join(api)
    answers = [
        await api.get("/users", role=role),
        await api.post("/users", role=role, json={"email": "eve@example.com", "role": "admin"}),
        await api.call("PATCH", f"/api/v1/users/{id}", role=role, json={"role": "admin"}),
        await api.post(f"/users/{id}/reset", role=role, json={}),
        await api.call("DELETE", f"/api/v1/users/{id}", role=role),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert [one["role"] for one in (await api.get("/users")).json()["items"]] == ["manager"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "user"}, "email"),
        ({"email": 7, "role": "user"}, "email"),
        ({"email": "nobody", "role": "user"}, "email"),
        ({"email": "eve@example.com"}, "role"),
        ({"email": "eve@example.com", "role": "agent"}, "role"),
        ({"email": "eve@example.com", "role": ["admin"]}, "role"),
        ({"email": "eve@example.com", "role": "user", "password": "x"}, "password"),
        ({"email": "mia@example.com", "role": "user"}, "email"),
    ],
)
async def test_an_invitation_that_is_wrong_says_where(api: Api, body: dict, field: str) -> None:
    await join(api)

    answer = await api.post("/users", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [({"role": "boss"}, "role"), ({"role": None}, "role"), ({"disabled": "yes"}, "disabled"), ({"id": 2}, "id")],
)
async def test_a_change_that_is_wrong_says_where(api: Api, body: dict, field: str) -> None:
    id = await join(api)

    answer = await api.call("PATCH", f"/api/v1/users/{id}", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_the_last_admin_stays_and_who_is_not_there_is_not_found(api: Api) -> None:
    id = await join(api, "ada@example.com", "admin")

    for body in ({"role": "user"}, {"disabled": True}):
        answer = await api.call("PATCH", f"/api/v1/users/{id}", json=body)
        assert answer.status_code == 422
        assert "last active Admin" in answer.json()["detail"]
    assert (await api.call("PATCH", "/api/v1/users/99", json={"role": "user"})).status_code == 404
    assert (await api.call("DELETE", "/api/v1/users/99")).status_code == 404
    assert (await api.post("/users/99/reset", json={})).status_code == 404


async def test_the_list_pages_by_cursor(api: Api) -> None:
    for number in range(3):
        await invited(api, f"u{number}@example.com")
    first = (await api.get("/users", params={"limit": 2})).json()
    rest = (await api.get("/users", params={"limit": 2, "cursor": first["next"]})).json()

    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert (await api.get("/users", params={"cursor": "x"})).status_code == 422


async def test_another_role_ends_the_sessions_and_so_does_an_admin(api: Api) -> None:
    id = await join(api, "uli@example.com", "user")
    accounts = api.engine.accounts
    one = (await accounts.sign_in(email="uli@example.com", password=PASSWORD)).token
    changed = await api.call("PATCH", f"/api/v1/users/{id}", json={"role": "manager"})
    after_role = await accounts.actor_of(one)
    two = (await accounts.sign_in(email="uli@example.com", password=PASSWORD)).token
    ended = await api.post(f"/users/{id}/sign-out")

    assert (changed.status_code, ended.status_code) == (200, 204)
    assert after_role is None
    assert await accounts.actor_of(two) is None
    assert (await api.post("/users/9999/sign-out")).status_code == 404
