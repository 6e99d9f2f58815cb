"""The doors: forms that only our own pages send, cookies, the first administrator from elsewhere, one-time links, and
the two steps of a sign-in."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pyotp.totp import TOTP
from starlette.requests import ClientDisconnect, Request

from dashboard.entrance import cookies
from dashboard.entrance.door import while_connected
from dashboard.entrance.form_token import FIELD, form_token
from dashboard.entrance.setup import is_on_this_machine
from dashboard.entrance.sign_in import add_doors
from engine import Engine, EngineSettings, NewLink, NotAllowed, Role
from storage.store import SqlStore
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, sent, token_of

OTHER = "some other words of mine"
LOCAL = "http://127.0.0.1:8080"
Client = Callable[..., httpx.AsyncClient]


def client_of(engine: Engine, url: str = "http://localhost", peer: str = "127.0.0.1") -> httpx.AsyncClient:
    app = FastAPI()
    add_doors(app, engine, "/style.css")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(peer, 1)), base_url=url)


@pytest.fixture
async def door(engine: Engine) -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of(engine) as client:
        yield client


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncGenerator[Engine]:
    """Without an administrator."""
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'fresh.db'}"), EngineSettings(version="0"))
    await engine.open()
    yield engine
    await engine.close()


def path_of(link: NewLink) -> str:
    return link.url.partition("8080")[2]


async def turned_on(engine: Engine) -> tuple[TOTP, tuple[str, ...]]:
    """Ada's second factor."""
    offer = engine.own_account.offer(actor=ADMIN)
    phone = TOTP(offer.secret)
    codes = await engine.own_account.turn_on(offer=offer, code=phone.now(), present=PASSWORD, actor=ADMIN)
    return phone, codes


SIGN_IN = {"email": ADMIN.name, "password": PASSWORD}


@pytest.mark.parametrize("path", ["/setup", "/sign-in", "/sign-in/code", "/welcome", "/sign-out"])
@pytest.mark.parametrize("token", [{}, {FIELD: ""}, {FIELD: "guessed"}, {FIELD: "é" * 50}])
async def test_no_form_is_taken_without_its_token(
    door: httpx.AsyncClient, engine: Engine, path: str, token: dict[str, str]
) -> None:
    """Though the browser says nothing of where it came from, and has cookies."""
    session = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)).token
    link = await engine.people.reset(MANAGER.id, actor=ADMIN)
    await door.get("/sign-in")
    door.cookies.set(cookies.SESSION, session)

    answer = await door.post(path, data={**SIGN_IN, "token": path_of(link).partition("=")[2], **token})

    assert answer.status_code == 403
    assert "Nothing was done" in answer.text
    assert cookies.SESSION not in answer.headers.get("set-cookie", "")
    assert await engine.accounts.actor_of(session)


async def test_a_token_of_another_browser_is_worth_nothing(door: httpx.AsyncClient, engine: Engine) -> None:
    theirs = await token_of(door, "/sign-in")
    async with client_of(engine) as mine:
        await mine.get("/sign-in")
        answer = await mine.post("/sign-in", data={**SIGN_IN, **theirs})
        mine.cookies.clear()
        bare = await mine.post("/sign-in", data={**SIGN_IN, **theirs})

    assert (answer.status_code, bare.status_code) == (403, 403)


async def test_the_token_of_a_sign_out_is_bound_to_its_session(door: httpx.AsyncClient, engine: Engine) -> None:
    await sent(door, "/sign-in", SIGN_IN)
    token, other = door.cookies[cookies.SESSION], (await engine.accounts.sign_in(**SIGN_IN)).token

    refused = await door.post("/sign-out", data={FIELD: form_token(engine, other)})
    assert (refused.status_code, bool(await engine.accounts.actor_of(token))) == (403, True)
    done = await door.post("/sign-out", data={FIELD: form_token(engine, token)})

    assert (done.status_code, await engine.accounts.actor_of(token)) == (303, None)
    assert cookies.SESSION not in door.cookies
    assert await engine.accounts.actor_of(other)


async def test_a_cookie_that_was_there_before_is_no_session_afterwards(door: httpx.AsyncClient, engine: Engine) -> None:
    door.cookies.set(cookies.SESSION, "planted", domain="localhost.local")
    answer = await sent(door, "/sign-in", SIGN_IN)
    given = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(cookies.SESSION))

    assert "planted" not in given
    assert await engine.accounts.actor_of("planted") is None


async def test_who_signs_in_over_a_session_ends_it(door: httpx.AsyncClient, engine: Engine) -> None:
    await sent(door, "/sign-in", SIGN_IN)
    before = door.cookies[cookies.SESSION]
    await sent(door, "/sign-in", {**SIGN_IN, "email": MANAGER.name})
    after = door.cookies[cookies.SESSION]

    assert await engine.accounts.actor_of(before) is None
    assert (await engine.accounts.actor_of(after) or ADMIN).name == MANAGER.name


@pytest.mark.parametrize(("url", "public"), [("https://test", ""), ("http://test", "https://hooks.example.com")])
async def test_over_https_cookies_are_of_this_host_alone(tmp_path: Path, url: str, public: str) -> None:
    settings = EngineSettings(version="0", public_url=public or "http://127.0.0.1:8080")
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings)
    await engine.open()
    await engine.accounts.create_user(email=ADMIN.name, password=PASSWORD, role=Role.ADMIN)
    async with client_of(engine, url) as client:
        page = await client.get("/sign-in")
        form = page.headers["set-cookie"]
        token = {FIELD: page.text.partition(f'name="{FIELD}" value="')[2].partition('"')[0]}
        jar = {form.partition("=")[0]: form.partition("=")[2].partition(";")[0]}
        client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
        answer = await client.post("/sign-in", data={**SIGN_IN, **token}, headers={"cookie": cookie})
    await engine.close()

    assert answer.status_code == 303
    given = answer.headers.get_list("set-cookie")[0]
    for one in (form, given):
        assert one.startswith("__Host-th_")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(one.split("; "))
        assert "Domain" not in one


def request_of(peer: str, host: str, **headers: str) -> Request:
    sent = [(b"host", host.encode()), *((name.replace("_", "-").encode(), b"x") for name in headers)]
    return Request({"type": "http", "client": (peer, 1), "headers": sent, "path": "/", "query_string": b""})


@pytest.mark.parametrize(
    ("peer", "host", "here"),
    [
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("127.0.0.1", "localhost", True),
        ("::1", "[::1]:8080", True),
        ("127.0.0.1", "hooks.example.com", False),
        ("127.0.0.1", "localhost.example.com", False),
        ("127.0.0.1", "127.0.0.1@example.com", False),
        ("127.0.0.1", "[", False),
        ("127.0.0.1", "", False),
        ("10.0.0.7", "127.0.0.1:8080", False),
    ],
)
def test_whether_the_browser_is_on_this_machine(peer: str, host: str, here: bool) -> None:
    assert is_on_this_machine(request_of(peer, host), LOCAL) is here


@pytest.mark.parametrize("name", ["origin", "referer"])
@pytest.mark.parametrize(
    ("value", "here"),
    [
        ("http://localhost:8080", True),
        ("http://[::1]:8080/setup", True),
        ("https://hooks.example.com", False),
        ("https://localhost.example.com/setup", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_proxy_that_replaces_the_host_is_known_by_where_a_form_came_from(name: str, value: str, here: bool) -> None:
    request = request_of("127.0.0.1", "127.0.0.1:8080")
    request.scope["headers"].append((name.encode(), value.encode()))

    assert is_on_this_machine(request, LOCAL) is here


def test_a_header_of_a_proxy_is_known_with_underscores_too() -> None:
    request = request_of("127.0.0.1", "127.0.0.1:8080")
    request.scope["headers"].append((b"x_forwarded_for", b"203.0.113.7"))

    assert not is_on_this_machine(request, LOCAL)


async def test_many_requests_at_once_make_one_administrator(fresh: Engine) -> None:
    made = await asyncio.gather(
        *(fresh.accounts.set_up(email=f"a{number}@example.com", password=OTHER, code=None) for number in range(5)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, NotAllowed) for one in made) == 4
    assert len((await fresh.people.page(actor=ADMIN)).items) == 1


@pytest.mark.parametrize(
    "name",
    [
        "cdn_loop",
        "cf_connecting_ip",
        "client_ip",
        "fastly_client_ip",
        "forwarded",
        "max_forwards",
        "true_client_ip",
        "via",
        "x_cluster_client_ip",
        "x_envoy_external_address",
        "x_forwarded_for",
        "x_forwarded_host",
        "x_forwarded_server",
        "x_real_ip",
    ],
)
def test_behind_a_proxy_nobody_is_on_this_machine(name: str) -> None:
    assert not is_on_this_machine(request_of("127.0.0.1", "localhost", **{name: "x"}), LOCAL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "hooks.example.com"),
        ("origin", "https://hooks.example.com"),
        ("referer", "https://hooks.example.com/setup"),
        ("connection", "close"),
        ("connection", "Keep-Alive, CLOSE"),
    ],
)
def test_a_second_header_does_not_hide_behind_the_first(name: str, value: str) -> None:
    request = request_of("127.0.0.1", "127.0.0.1:8080")
    first = {"origin": "http://127.0.0.1:8080", "referer": "http://127.0.0.1:8080/", "connection": "keep-alive"}
    request.scope["headers"] += [(name.encode(), text.encode()) for text in (first.get(name), value) if text]

    assert not is_on_this_machine(request, LOCAL)


def test_a_proxy_that_adds_nothing_is_known_by_the_version_that_it_speaks() -> None:
    request = request_of("127.0.0.1", "127.0.0.1:8080")
    request.scope["http_version"] = "1.0"

    assert not is_on_this_machine(request, LOCAL)


def test_a_server_with_a_public_address_always_asks_for_the_code() -> None:
    assert not is_on_this_machine(request_of("127.0.0.1", "127.0.0.1:8080"), "https://hooks.example.com")


async def test_from_elsewhere_the_first_administrator_takes_the_code_of_the_terminal(fresh: Engine) -> None:
    form = {"email": ADMIN.name, "password": PASSWORD}
    async with client_of(fresh, "http://hooks.example.com") as client:
        page = await client.get("/setup")
        bare = await sent(client, "/setup", form)
        wrong = await sent(client, "/setup", {**form, "code": "00000000"})
        assert await fresh.accounts.needs_admin()
        right = await sent(client, "/setup", {**form, "code": f" {fresh.accounts.setup_code.upper()} "})

    assert "Code from the terminal" in page.text
    assert (bare.status_code, wrong.status_code, right.status_code) == (422, 422, 303)
    assert "not the code that the terminal shows" in wrong.text
    assert fresh.accounts.setup_code not in page.text + wrong.text
    assert not await fresh.accounts.needs_admin()


async def test_on_this_machine_it_takes_no_code(fresh: Engine) -> None:
    async with client_of(fresh) as client:
        page = await client.get("/setup")
        answer = await sent(client, "/setup", {"email": ADMIN.name, "password": PASSWORD})

    assert "Code from the terminal" not in page.text
    assert answer.status_code == 303


async def test_the_code_of_the_terminal_is_not_guessed(fresh: Engine) -> None:
    form = {"email": ADMIN.name, "password": PASSWORD}
    async with client_of(fresh, "http://hooks.example.com") as client:
        answers = [await sent(client, "/setup", {**form, "code": f"{n:08x}"}) for n in range(12)]

    assert [answer.status_code for answer in answers[:5]] == [422] * 5
    assert 429 in {answer.status_code for answer in answers[5:]}
    assert await fresh.accounts.needs_admin()


async def test_an_invitation_leads_in(door: httpx.AsyncClient, engine: Engine) -> None:
    link = path_of(await engine.people.invite(email="eve@example.com", role=Role.MANAGER, actor=ADMIN))
    form = {"token": link.partition("=")[2], "password": OTHER}
    opening = await door.get(link)
    page = await sent(door, "/welcome", {"token": form["token"]}, page=link)
    weak = await sent(door, "/welcome", {**form, "password": "short"}, page=link)
    answer = await sent(door, "/welcome", form, page=link)
    again = await sent(door, "/welcome", {"token": form["token"]}, page=link)

    assert "?" not in link
    assert "eve@example.com" not in opening.text
    assert "invited to Trigger Hooks as Manager" in page.text
    assert "eve@example.com" in page.text
    assert (weak.status_code, answer.status_code, answer.headers["location"]) == (422, 303, "/")
    assert "12 to 200 characters" in weak.text
    assert (again.status_code, "This link has ended" in again.text) == (404, True)
    assert (await engine.accounts.actor_of(door.cookies[cookies.SESSION]) or ADMIN).name == "eve@example.com"


async def test_a_link_works_also_where_somebody_else_is_signed_in_and_ends_their_session(
    door: httpx.AsyncClient, engine: Engine
) -> None:
    await sent(door, "/sign-in", SIGN_IN)
    adas = door.cookies[cookies.SESSION]
    link = path_of(await engine.people.reset(MANAGER.id, actor=ADMIN))
    await sent(door, "/welcome", {"token": link.partition("=")[2], "password": OTHER}, page=link)

    assert (await engine.accounts.actor_of(door.cookies[cookies.SESSION]) or ADMIN).name == MANAGER.name
    assert await engine.accounts.actor_of(adas) is None


async def test_to_look_at_a_link_does_not_use_it_up(door: httpx.AsyncClient, engine: Engine) -> None:
    link = path_of(await engine.people.reset(MANAGER.id, actor=ADMIN))
    token = link.partition("=")[2]
    for _ in range(3):
        assert (await sent(door, "/welcome", {"token": token}, page=link)).status_code == 200
        assert (await door.get(f"/welcome?token={token}")).status_code == 200
    assert (await door.get("/welcome?token=guessed")).status_code == 404
    assert (await sent(door, "/welcome", {"token": "guessed"}, page=link)).status_code == 404


async def test_a_sign_in_in_two_steps(door: httpx.AsyncClient, engine: Engine) -> None:
    _, codes = await turned_on(engine)
    first = await sent(door, "/sign-in", {**SIGN_IN, "next": "/executions"})
    step = first.headers["location"]
    assert step == "/sign-in/code?next=%2Fexecutions"
    assert cookies.SESSION not in door.cookies

    wrong = await sent(door, "/sign-in/code", {"code": "000000", "next": "/executions"}, page=step)
    right = await sent(door, "/sign-in/code", {"code": codes[0], "next": "/executions"}, page=step)

    assert (wrong.status_code, "was used before" in wrong.text) == (403, True)
    assert (right.status_code, right.headers["location"]) == (303, "/executions")
    assert await engine.accounts.actor_of(door.cookies[cookies.SESSION])
    assert cookies.PENDING not in door.cookies


async def test_the_second_step_goes_nowhere_else_and_not_without_the_first(
    door: httpx.AsyncClient, engine: Engine
) -> None:
    _, codes = await turned_on(engine)
    assert (await door.get("/sign-in/code")).headers["location"] == "/sign-in"
    bare = await sent(door, "/sign-in/code", {"code": codes[0]}, page="/sign-in")
    await sent(door, "/sign-in", SIGN_IN)
    right = await sent(door, "/sign-in/code", {"code": codes[0], "next": "//evil.example"})

    assert (bare.status_code, "Sign in again" in bare.text) == (403, True)
    assert right.headers["location"] == "/"


async def test_guessing_codes_at_the_door_has_to_wait(door: httpx.AsyncClient, engine: Engine) -> None:
    await turned_on(engine)
    await sent(door, "/sign-in", SIGN_IN)
    answers = [await sent(door, "/sign-in/code", {"code": "000000"}) for _ in range(4)]
    await sent(door, "/sign-in", SIGN_IN)
    answers += [await sent(door, "/sign-in/code", {"code": "000000"}) for _ in range(5)]
    slowed = [answer for answer in answers if answer.status_code == 429]

    assert [answer.status_code for answer in answers[:5]] == [403] * 5
    assert int(slowed[0].headers["retry-after"]) >= 1


async def test_nothing_is_done_for_a_browser_that_left() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def receive() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "headers": [], "path": "/", "query_string": b""}, receive)
    with pytest.raises(ClientDisconnect):
        await while_connected(request, work())
    await asyncio.sleep(0)

    assert ended == ["cancelled"]
