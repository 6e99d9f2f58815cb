"""The pages and the doors, without a browser: who gets in, what is refused, and what each page is given."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from nicegui import ui
from nicegui.testing import User

from dashboard.components.execution.list import ExecutionList, Filters
from dashboard.components.feed.feed import ExecutionFeed
from dashboard.components.hook_table.getting_started import GettingStarted
from dashboard.components.hook_table.table import HookTable
from dashboard.entrance.door import local_path
from dashboard.entrance.form_token import FIELD, form_token
from dashboard.entrance.session import COOKIE
from dashboard.entrance.sign_in import add_doors
from dashboard.live import Hub
from dashboard.pages.execution import execution_page
from dashboard.pages.executions import executions_page
from dashboard.pages.hooks import hooks_page
from engine import SYSTEM, Engine, EngineSettings, HookType, Role, Sight, Status
from engine.events.draft import EventDraft
from storage.store import SqlStore
from tests.dashboard.conftest import ADMIN, ECHO, PASSWORD, USER, sent, token_of
from tests.engine.conftest import eventually

STYLE = "/style.css"


@pytest.fixture
async def doors(engine: Engine) -> AsyncGenerator[httpx.AsyncClient]:
    app = FastAPI()
    add_doors(app, engine, STYLE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def signed_in(user: User, engine: Engine, email: str = ADMIN.name) -> None:
    token = (await engine.accounts.sign_in(email=email, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)


def pages(engine: Engine) -> None:
    hub = Hub(engine)
    hooks_page(engine, hub, STYLE)
    executions_page(engine, STYLE)
    execution_page(engine, STYLE)


async def fired(engine: Engine) -> str:
    """The id of an execution that has ended."""
    await engine.hooks.save(
        {"title": "Witness", "trigger": "call.ended", "role": "admin", "actions": [{"url": ECHO}]}, actor=ADMIN
    )
    draft = EventDraft(type="call.ended", data={"first_name": "<b>Zoë</b>"}, id=None, occurred_at=None)
    await engine.accept([draft], SYSTEM)
    recent = await eventually(lambda: [one for one in engine.feed.recent() if one.finished_at])
    return recent[0].id


@pytest.mark.parametrize("path", ["/", "/executions", "/executions/exe_1"])
async def test_no_page_without_a_session(user: User, engine: Engine, path: str) -> None:
    pages(engine)

    answer = await user.http_client.get(path)

    assert (answer.status_code, answer.headers["location"].partition("=")[0]) == (303, "/sign-in?next")


async def test_without_an_administrator_every_page_leads_to_the_setup(user: User, tmp_path: Path) -> None:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'fresh.db'}"), EngineSettings(version="0.0.0"))
    await engine.start()
    pages(engine)

    answer = await user.http_client.get("/")
    await engine.stop()

    assert answer.headers["location"] == "/setup"


async def test_the_table_is_given_its_rows(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/?q=crm")

    (table,) = user.find(kind=HookTable).elements
    view = table.props["initial"]
    assert [row["title"] for row in view["rows"]] == ["CRM sync"]
    assert (view["total"], view["all"]) == (1, 3)
    assert table.props["canManage"] is True
    await user.should_see(kind=GettingStarted)


async def test_a_user_is_offered_nothing_that_they_may_not(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine, USER.name)
    await user.open("/")

    (table,) = user.find(kind=HookTable).elements
    (start,) = user.find(kind=GettingStarted).elements
    assert (table.props["canManage"], start.props["canManage"], start.props["firstKey"]) == (False, False, None)
    await user.should_not_see("Add New Hook")


async def test_what_a_role_may_not_do_is_refused_also_where_it_is_asked_for(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine, USER.name)
    await user.open("/")

    user.find(kind=HookTable).trigger("act", {"name": "enable", "id": 1, "value": False})
    await user.should_see("may not do this")

    assert engine.hooks.get(1).definition.enabled


async def test_an_ended_session_changes_nothing_more(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/")
    await engine.accounts.sign_out(user.http_client.cookies[COOKIE])

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    user.find(kind=HookTable).trigger("act", {"name": "duplicate", "id": 1})
    await user.should_see("Sign in again")

    assert len(engine.hooks.all()) == 3


async def test_a_session_that_ends_before_the_answer_to_a_question_says_so(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/")
    user.find(kind=HookTable).trigger("act", {"name": "delete", "id": 1})
    await user.should_see("Delete “Lead Qualification”?")
    await engine.accounts.sign_out(user.http_client.cookies[COOKIE])

    @ui.page("/sign-in")
    def door(ended: str) -> None:
        ui.label(f"ended: {ended}")

    user.find(kind=ui.button, content="Delete").click()
    await user.should_see("ended: 1")

    assert len(engine.hooks.all()) == 3


async def test_behind_the_last_page_the_table_shows_the_last(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/?page=9")

    view = next(iter(user.find(kind=HookTable).elements)).props["initial"]
    assert (len(view["rows"]), view["query"]["page"]) == (3, 1)


async def test_without_hooks_the_example_is_offered_also_when_something_ran_before(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await fired(engine)
    for hook in engine.hooks.all():
        await engine.hooks.delete(hook.id, actor=ADMIN)
    await user.open("/")

    (start,) = user.find(kind=GettingStarted).elements
    assert (start.props["hooks"], start.props["seen"]) == (0, True)


async def test_two_views_are_pushed_the_same_execution_and_leave_nothing_behind(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(engine)
    pushed: list[tuple[int, str]] = []
    monkeypatch.setattr(
        ExecutionFeed, "push", lambda feed, rows, folded: pushed.extend((feed.id, row["id"]) for row in rows)
    )

    @ui.page("/")
    def page() -> None:
        ExecutionFeed(hub, [], ADMIN)
        ExecutionFeed(hub, [], ADMIN)

    await user.open("/")
    feeds = list(user.find(kind=ExecutionFeed).elements)
    id = await fired(engine)
    await eventually(lambda: len(pushed) >= 2)
    for feed in feeds:
        feed.delete()
    count = len(pushed)
    await fired_again(engine)

    assert set(pushed) == {(feed.id, id) for feed in feeds}
    assert len(pushed) == count


async def fired_again(engine: Engine) -> None:
    draft = EventDraft(type="call.ended", data={}, id=None, occurred_at=None)
    await engine.accept([draft], SYSTEM)
    await eventually(lambda: len(engine.feed.recent()) >= 2)


async def test_an_execution_shows_why_and_what_was_sent(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    id = await fired(engine)
    await user.open(f"/executions/{id}")

    await user.should_see("Witness")
    await user.should_see("Attempt 1")
    await user.should_see(id)


async def test_an_execution_that_is_not_there(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions/exe_none")

    await user.should_see("There is no execution exe_none.")


async def test_the_history_is_narrowed_by_its_address(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await fired(engine)

    await user.open("/executions?status=failed")
    assert next(iter(user.find(kind=ExecutionList).elements)).props["initial"]["rows"] == []
    await user.open("/executions?status=succeeded")
    assert len(next(iter(user.find(kind=ExecutionList).elements)).props["initial"]["rows"]) == 1


def test_filters_of_an_address_that_are_not_understood_narrow_nothing() -> None:
    words = {"hook": "²", "status": "done", "type": "x", "test": "maybe"}

    assert Filters.read(words) == Filters()
    assert Filters.read({"status": "failed", "type": "workflow", "hook": "7", "test": "no"}).query(Sight()).hook_id == 7
    assert {Filters.read({"status": one}).query(Sight()).status for one in Status} == set(Status)
    assert {Filters.read({"type": one}).query(Sight()).type for one in HookType} == set(HookType)


async def test_the_first_administrator_is_made_once(tmp_path: Path) -> None:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'fresh.db'}"), EngineSettings(version="0.0.0"))
    await engine.start()
    app = FastAPI()
    add_doors(app, engine, STYLE)
    form = {"email": "ada@example.com", "password": PASSWORD}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        weak = await sent(client, "/setup", {**form, "password": "short"})
        odd = await sent(client, "/setup", {**form, "email": '"><script>alert(1)</script>'})
        first = await sent(client, "/setup", form)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as other:
            again = await sent(other, "/setup", {**form, "email": "eve@example.com"}, page="/sign-in")
    key = engine.accounts.first_key()
    await engine.stop()

    assert (weak.status_code, odd.status_code, first.status_code, again.status_code) == (422, 422, 303, 403)
    assert "12 to 200 characters" in weak.text
    assert "<script>alert" not in odd.text
    cookie = next(one for one in first.headers.get_list("set-cookie") if one.startswith(COOKIE)).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert key is not None


async def test_signing_in_and_out(doors: httpx.AsyncClient, engine: Engine) -> None:
    wrong = await sent(doors, "/sign-in", {"email": ADMIN.name, "password": "wrong"})
    unknown = await sent(doors, "/sign-in", {"email": "eve@example.com", "password": PASSWORD})
    right = await sent(doors, "/sign-in", {"email": ADMIN.name.upper(), "password": PASSWORD, "next": "/executions"})
    token = doors.cookies[COOKIE]
    before = await engine.accounts.actor_of(token)
    await doors.post("/sign-out", data={FIELD: form_token(engine, token)})

    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert (right.status_code, right.headers["location"]) == (303, "/executions")
    assert before is not None
    assert before.role == Role.ADMIN
    assert await engine.accounts.actor_of(token) is None


async def test_guessing_at_the_door_has_to_wait(doors: httpx.AsyncClient) -> None:
    wrong = {"email": ADMIN.name, "password": "wrong"}
    answers = [await sent(doors, "/sign-in", wrong) for _ in range(9)]
    slowed = [answer for answer in answers if answer.status_code == 429]

    assert [answer.status_code for answer in answers[:5]] == [403] * 5
    assert int(slowed[0].headers["retry-after"]) >= 1
    assert "Too many tries" in slowed[0].text


async def test_the_door_says_that_a_session_has_ended(doors: httpx.AsyncClient) -> None:
    ended = await doors.get("/sign-in", params={"ended": "1", "next": "/executions"})
    usual = await doors.get("/sign-in")

    assert "Your session has ended." in ended.text
    assert 'value="/executions"' in ended.text
    assert "Your session has ended." not in usual.text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"sec-fetch-site": "same-site"}]
)
@pytest.mark.parametrize("path", ["/setup", "/sign-in", "/sign-out"])
async def test_forms_of_other_sites_are_refused(doors: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    token = await token_of(doors, "/sign-in")
    answer = await doors.post(path, data={"email": ADMIN.name, "password": PASSWORD, **token}, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/executions?status=failed", "/executions?status=failed"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nb", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_server(text: str, expected: str) -> None:
    assert local_path(text) == expected
