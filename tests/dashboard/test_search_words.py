"""What somebody searches for is in no address that the server, or a proxy before it, sees."""

from urllib.parse import parse_qs, urlsplit

import pytest
from nicegui import ui
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.search_words import address_with
from dashboard.components.execution.list import ExecutionList
from dashboard.components.hook_table.table import HookTable
from dashboard.components.tasks.list import TaskList
from dashboard.live import Hub
from dashboard.pages.audit import audit_page
from dashboard.pages.events import events_page
from dashboard.pages.executions import executions_page
from dashboard.pages.hooks import hooks_page
from dashboard.pages.leads import leads_page
from dashboard.pages.tasks import tasks_page
from engine import Engine
from tests.dashboard.test_pages import STYLE, signed_in
from tests.engine.conftest import eventually

PHONE = "+14155550121"
LISTS = ("/", "/events", "/executions", "/tasks", "/leads", "/audit")


def pages(engine: Engine) -> None:
    hooks_page(engine, Hub(engine), STYLE)
    for page in (events_page, executions_page, tasks_page, leads_page, audit_page):
        page(engine, STYLE)


async def visit(user: User, engine: Engine, path: str) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open(path)


def form_of(user: User) -> Element:
    (form,) = (one for one in user.find(kind=ui.element).elements if one.tag == "form" and one.props.get("role"))
    return form


@pytest.mark.parametrize("path", LISTS)
async def test_words_in_the_clear_lead_to_an_address_without_them(user: User, engine: Engine, path: str) -> None:
    pages(engine)
    await signed_in(user, engine)

    answer = await user.http_client.get(path, params={"q": PHONE, "type": "call.ended"})

    assert answer.status_code == 303
    to = urlsplit(answer.headers["location"])
    assert to.path == path
    assert set(parse_qs(to.query)) == {"type", "search"}
    assert PHONE[1:] not in to.query


@pytest.mark.parametrize("path", ["/events", "/leads", "/audit"])
async def test_a_search_opens_an_address_without_its_words(
    user: User, engine: Engine, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visit(user, engine, path)
    opened: list[str] = []
    monkeypatch.setattr(ui.navigate, "to", opened.append)
    form = form_of(user)
    assert "method" not in form.props

    for words in ({"q": PHONE, "period": "day", "type": ""}, [PHONE]):
        UserInteraction(user, {form}, None).trigger("submit", words)

    (address,) = opened
    assert address.startswith(f"{path}?period=day&search=")
    assert PHONE[1:] not in address
    await user.open(address)
    assert any(one.props.get("value") == PHONE for one in user.find(kind=ui.element).elements)


@pytest.mark.parametrize(("path", "kind"), [("/", HookTable), ("/executions", ExecutionList), ("/tasks", TaskList)])
async def test_a_live_list_is_given_the_address_to_keep(
    user: User, engine: Engine, path: str, kind: type[Element], monkeypatch: pytest.MonkeyPatch
) -> None:
    await visit(user, engine, path)
    kept: list[str] = []
    monkeypatch.setattr(kind, "run_method", lambda _, name, *args: kept.extend(args) if name == "keep" else None)

    user.find(kind=kind).trigger("query", {"q": PHONE})
    user.find(kind=kind).trigger("query", {"q": ""})

    assert await eventually(lambda: len(kept) == 2)
    sealed, none = kept
    assert none == ""
    assert PHONE[1:] not in sealed
    await user.open(f"{path}?search={sealed}")
    (shown,) = user.find(kind=kind).elements
    assert shown.props["initial"]["query"]["q"] == PHONE


@pytest.mark.parametrize("sealed", ["x", "sealed:x", "é", "gAAAAA==", PHONE])
async def test_what_was_not_sealed_here_is_no_search(user: User, engine: Engine, sealed: str) -> None:
    await visit(user, engine, f"/tasks?search={sealed}")

    (shown,) = user.find(kind=TaskList).elements
    assert shown.props["initial"]["query"]["q"] == ""


async def test_a_secret_at_rest_is_not_opened_as_a_search(user: User, engine: Engine) -> None:
    secret = engine.vault.seal('{"q": "whsec_1"}')
    await visit(user, engine, f"/tasks?search={secret.removeprefix('sealed:')}")

    (shown,) = user.find(kind=TaskList).elements
    assert shown.props["initial"]["query"]["q"] == ""


async def test_an_address_without_words_is_plain(engine: Engine) -> None:
    assert address_with(engine, "/tasks", {"q": "", "state": "open"}) == "/tasks?state=open"
    assert address_with(engine, "/tasks", {}) == "/tasks"
