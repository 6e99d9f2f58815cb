"""The door to an issuer and back: what the browser has to bring, once, and where it leads."""

from collections.abc import AsyncGenerator, Callable, Generator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from dashboard.entrance import cookies
from dashboard.entrance.sign_in import add_doors
from engine import Engine, EngineSettings, Role
from engine.people.sso_settings import sso_settings
from storage.store import SqlStore
from tests.dashboard.conftest import PASSWORD, sent
from tests.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running

MIA = {"sub": "mia-1", "email": "mia@example.com", "email_verified": True, "groups": ["sales"]}
BACK = "/sign-in/oidc/back"


@pytest.fixture(scope="module")
def server() -> Generator[Issuer]:
    with running(Issuer()) as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer) -> Issuer:
    server.person, server.error, server.back = dict(MIA), "", {}
    return server


@pytest.fixture
def passwords() -> bool:
    return True


@pytest.fixture
async def engine(tmp_path: Path, issuer: Issuer, passwords: bool) -> AsyncGenerator[Engine]:
    sso = sso_settings(
        issuer=issuer.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, roles="sales=user", passwords=passwords
    )
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), EngineSettings(version="0", sso=sso))
    await engine.open()
    await engine.accounts.create_user(email="root@example.com", password=PASSWORD, role=Role.ADMIN)
    yield engine
    await engine.close()


@pytest.fixture
async def door(engine: Engine) -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of(engine) as client:
        yield client


def client_of(engine: Engine) -> httpx.AsyncClient:
    app = FastAPI()
    add_doors(app, engine, "/style.css")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080")


async def there(door: httpx.AsyncClient, start: str = "/sign-in/oidc") -> str:
    """Where the issuer sends the browser back to."""
    answer = await door.get(start)
    assert answer.status_code == 303
    async with httpx.AsyncClient() as browser:
        location = (await browser.get(answer.headers["location"])).headers["location"]
    assert location.startswith(f"http://127.0.0.1:8080{BACK}?")
    return location


async def test_there_and_back_one_is_in_and_where_one_wanted_to_be(door: httpx.AsyncClient, engine: Engine) -> None:
    page = await door.get("/sign-in?next=%2Fexecutions%3Fq%3D1")
    start = page.text.partition('th-door-other" href="')[2].partition('"')[0].replace("&amp;", "&")
    answer = await door.get(await there(door, start))

    assert "Continue with 127.0.0.1" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/executions?q=1")
    actor = await engine.accounts.actor_of(door.cookies[cookies.SESSION])
    assert actor
    assert actor.name == "mia@example.com"
    assert cookies.DEPARTED not in door.cookies


async def test_the_request_has_a_proof_a_state_and_a_nonce_that_are_new_each_time(door: httpx.AsyncClient) -> None:
    asked = [parse_qs(urlsplit((await door.get("/sign-in/oidc")).headers["location"]).query) for _ in range(2)]

    for one in asked:
        assert (one["response_type"], one["code_challenge_method"]) == (["code"], ["S256"])
        assert one["scope"] == ["openid email profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name][0] for one in asked}) == 2
        assert all(len(one[name][0]) >= 43 for one in asked)


async def test_the_cookie_is_for_this_server_and_short(door: httpx.AsyncClient) -> None:
    given = SimpleCookie((await door.get("/sign-in/oidc")).headers["set-cookie"])[cookies.DEPARTED]

    assert (given["httponly"], given["samesite"], given["path"], given["max-age"]) == (True, "lax", "/", "600")


async def test_what_came_back_is_good_once(door: httpx.AsyncClient) -> None:
    back = await there(door)
    kept = door.cookies[cookies.DEPARTED]
    assert (await door.get(back)).status_code == 303
    door.cookies.set(cookies.DEPARTED, kept)

    again = await door.get(back)

    assert (again.status_code, "Nothing was done" in again.text) == (403, True)


async def test_another_browser_cannot_use_it(door: httpx.AsyncClient, engine: Engine) -> None:
    """Neither one without a cookie, nor one that began a sign-in of its own: who sends a link signs nobody in."""
    back = await there(door)
    async with client_of(engine) as other:
        bare = await other.get(back)
        await other.get("/sign-in/oidc")
        begun = await other.get(back)

    assert (bare.status_code, begun.status_code) == (403, 403)
    assert (await door.get(back)).status_code == 303


@pytest.mark.parametrize("turn", [lambda one: "", lambda one: one[:-2] + "xx", lambda one: "x" + one, lambda one: "é"])
async def test_a_cookie_that_is_not_ours_is_none(door: httpx.AsyncClient, turn: Callable[[str], str]) -> None:
    back = await there(door)
    kept = turn(door.cookies[cookies.DEPARTED])
    door.cookies.clear()
    answer = await door.get(back, headers=[(b"cookie", f"{cookies.DEPARTED}={kept}".encode())])

    assert answer.status_code == 403


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": ""}, {"state": "é"}, {"code": ""}])
async def test_what_was_changed_on_the_way_is_refused(door: httpx.AsyncClient, change: dict[str, str]) -> None:
    back = httpx.URL(await there(door))
    answer = await door.get(back.copy_merge_params(change))

    assert answer.status_code == 403
    assert cookies.SESSION not in door.cookies


async def test_the_answer_of_another_issuer_is_refused(door: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.back = {"iss": "https://evil.example"}
    mixed = await door.get(await there(door))
    issuer.back = {"iss": issuer.url}
    right = await door.get(await there(door))

    assert (mixed.status_code, right.status_code) == (403, 303)


async def test_who_was_refused_there_is_told_here(door: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.error = "access_denied<script>"
    answer = await door.get(await there(door))

    assert (answer.status_code, "Signing in did not work" in answer.text) == (403, True)
    assert "script>" not in answer.text.partition("<body")[2]


async def test_who_is_in_no_group_reads_why(door: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.person["groups"] = ["others"]
    answer = await door.get(await there(door))

    assert (answer.status_code, "in no group that may sign in here" in answer.text) == (403, True)
    assert cookies.SESSION not in door.cookies


async def test_an_issuer_that_lies_is_not_quoted(door: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.claims = lambda claims: {**claims, "nonce": "x"}
    answer = await door.get(await there(door))
    issuer.claims = lambda claims: claims

    assert (answer.status_code, "Signing in did not work" in answer.text) == (502, True)
    assert "nonce" not in answer.text


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
async def test_it_leads_nowhere_else(door: httpx.AsyncClient, target: str) -> None:
    answer = await door.get(await there(door, f"/sign-in/oidc?next={target}"))

    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("passwords", [False])
async def test_without_passwords_there_is_only_the_way_to_the_issuer(door: httpx.AsyncClient) -> None:
    page = await door.get("/sign-in")
    await there(door)

    assert 'type="password"' not in page.text
    assert 'href="/sign-in/oidc?next=%2F"' in page.text


async def test_beside_it_a_password_signs_in(door: httpx.AsyncClient) -> None:
    answer = await sent(door, "/sign-in", {"email": "root@example.com", "password": PASSWORD})

    assert answer.status_code == 303


async def test_another_site_cannot_sign_people_in(door: httpx.AsyncClient) -> None:
    """Who is signed in at the issuer would be in here without having asked for it."""
    from_there = await door.get("/sign-in/oidc?next=/tasks", headers={"sec-fetch-site": "cross-site"})
    from_here = await door.get("/sign-in/oidc", headers={"sec-fetch-site": "same-origin"})

    assert (from_there.headers["location"], cookies.DEPARTED in from_there.cookies) == ("/sign-in?next=%2Ftasks", False)
    assert cookies.DEPARTED in from_here.cookies
