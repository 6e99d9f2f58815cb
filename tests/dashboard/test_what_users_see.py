"""What the role User is given of people's data, on every page and by every push: nothing in clear."""

from collections.abc import Callable
from typing import Any

import pytest
from nicegui import ui
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.choice import Choice
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.json_editor import JsonEditor
from dashboard.components.conditions.editor import ConditionEditor
from dashboard.components.events.recent import RecentEvents
from dashboard.components.execution.list import ExecutionList
from dashboard.components.feed.feed import ExecutionFeed
from dashboard.components.hook_form.insight import InsightPanel
from dashboard.components.settings.sensitive_card import SensitiveCard
from dashboard.components.test_dialog.dialog import TestDialog
from dashboard.entrance.session import COOKIE
from dashboard.frame.notice_bell import NoticeBell
from dashboard.live import Hub
from dashboard.pages.events import event_page, events_page
from dashboard.pages.execution import execution_page
from dashboard.pages.executions import executions_page
from dashboard.pages.hooks import hooks_page
from dashboard.pages.settings import settings_page
from engine import Actor, AuditQuery, Engine, Execution, Role
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ADMIN, ECHO, MANAGER, PASSWORD, USER
from tests.dashboard.test_hook_form import opened as form_opened
from tests.engine.conftest import eventually

STYLE = "/style.css"
PHONE, EMAIL = "+14155550121", "maria.lopez@example.com"
TRANSCRIPT = "Agent: Hello!\nCaller: I live in Elm Street."
DATA = {"phone_number": PHONE, "email": EMAIL, "transcript": TRANSCRIPT, "call_duration": 187}
TELLING = ("4155550121", "maria.lopez", "Elm Street")
MASKED = "+1•••••••21"


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What methods of elements in the browser are called with."""
    calls: list[Any] = []
    plain: Callable[..., Any] = Element.run_method

    def run_method(element: Element, name: str, *args: Any, **rest: Any) -> Any:
        calls.append((type(element), name, args))
        return plain(element, name, *args, **rest)

    monkeypatch.setattr(Element, "run_method", run_method)
    return calls


async def called(engine: Engine, number: int = 1) -> str:
    """An execution that has ended, of a call that tells of Maria."""
    if not any(hook.definition.title == "Witness" for hook in engine.hooks.all()):
        action = {"url": ECHO + "?n={{ phone_number }}", "headers": {"X-Mail": "{{ email }}"}}
        condition = 'starts_with(email, "m") and contains(transcript, "live")'
        raw = {"title": "Witness", "trigger": "call.ended", "role": "user", "condition": condition, "actions": [action]}
        await engine.hooks.save(raw, actor=ADMIN)
    agent = Actor(kind="key", id=7, name="agent", role=Role.AGENT)
    await engine.accept([EventDraft(type="call.ended", data=DATA, id=f"evt_{number}", occurred_at=None)], agent)

    def ended() -> list[Execution]:
        return [one for one in engine.feed.recent() if one.event_id == f"evt_{number}" and one.finished_at]

    recent = await eventually(ended)
    return recent[0].id


async def signed_in(user: User, engine: Engine, who: Actor) -> None:
    hub = Hub(engine)
    hooks_page(engine, hub, STYLE)
    executions_page(engine, STYLE)
    execution_page(engine, STYLE)
    events_page(engine, STYLE)
    event_page(engine, STYLE)
    settings_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)


def given(user: User) -> str:
    """All that the page is built of."""
    assert user.client
    return repr([element._to_dict() for element in user.client.elements.values()])


def telling(text: str) -> list[str]:
    return [one for one in TELLING if one in text]


PAGES = ("/", "/events", "/events?q=example.com", "/events/evt_1", "/executions", "/executions/{id}")


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_tells_a_user_of_a_person(user: User, engine: Engine, pushed: list[Any], path: str) -> None:
    id = await called(engine)
    await signed_in(user, engine, USER)

    await user.open(path.format(id=id))

    assert telling(given(user) + repr(pushed)) == []
    assert MASKED in given(user)


async def test_managers_see_all_and_are_noted_for_what_they_open(user: User, engine: Engine) -> None:
    id = await called(engine)
    await signed_in(user, engine, MANAGER)
    for path in PAGES:
        await user.open(path.format(id=id))
        assert TELLING[0] in given(user)

    noted = (await engine.audit.entries(AuditQuery(action="sensitive.seen"), actor=ADMIN)).items
    assert [(one.actor, one.subject) for one in noted] == [
        (MANAGER.name, f"execution {id}"),
        (MANAGER.name, "event evt_1"),
    ]


async def test_a_shared_link_is_masked_until_one_chooses_to_see(user: User, engine: Engine) -> None:
    id = await called(engine)
    await signed_in(user, engine, ADMIN)
    for path in (f"/executions/{id}", "/events/evt_1"):
        await user.open(path)
        copy = next(one for one in user.find(kind=CopyButton).elements if one.props["label"] == "Copy link")
        assert copy.props["search"] == "?masked=1"
        await user.open(path + copy.props["search"])
        assert telling(given(user)) == []
        (show,) = user.find("Show them").elements
        assert show.props["href"] == path

    assert len((await engine.audit.entries(AuditQuery(action="sensitive.seen"), actor=ADMIN)).items) == 2


async def test_whoever_may_not_is_not_offered_to_see(user: User, engine: Engine) -> None:
    id = await called(engine)
    await signed_in(user, engine, USER)

    await user.open(f"/executions/{id}?masked=1")

    await user.should_see("are masked here")
    await user.should_not_see("Show them")


async def test_each_view_is_pushed_what_its_role_may_see(user: User, engine: Engine, pushed: list[Any]) -> None:
    hub = Hub(engine)
    views: dict[int, Actor] = {}

    @ui.page("/")
    def page() -> None:
        views.update({ExecutionFeed(hub, [], who).id: who for who in (USER, MANAGER)})

    await user.open("/")
    await called(engine)

    def rows() -> list[Any]:
        return [args[0][-1] for kind, name, args in pushed if kind is ExecutionFeed and name == "push"]

    assert await eventually(lambda: len({row["about"] for row in rows()}) == 2)
    assert {row["about"] for row in rows()} == {MASKED, PHONE}
    assert hub.recent(USER)[0]["about"] == MASKED


async def test_the_form_tells_a_user_of_nobody(user: User, engine: Engine, pushed: list[Any]) -> None:
    for number in range(3):
        await called(engine, number)
    hook_id = engine.hooks.all()[-1].id
    await engine.cases.keep(hook_id, name="c", role=Role.AGENT, data=DATA, fires=False, actor=ADMIN)
    await form_opened(user, engine, hook_id, actor=USER)
    (panel,) = user.find(kind=InsightPanel).elements
    assert await eventually(lambda: panel.view.get("cases"))
    user.find(kind=InsightPanel).trigger("why", "evt_1")
    await user.should_see("Would fire")
    editors = user.find(kind=ConditionEditor).elements
    assert await eventually(lambda: any(MASKED in repr(editor.props["fields"]) for editor in editors))

    assert telling(given(user) + repr(pushed)) == []


async def test_a_user_holds_no_draft_that_asks_for_a_number_against_what_came(user: User, engine: Engine) -> None:
    """The form of a User is to read only; what a browser sends all the same is heard as far as here."""
    await called(engine)
    await form_opened(user, engine, engine.hooks.all()[-1].id, actor=USER)
    (panel,) = user.find(kind=InsightPanel).elements
    assert await eventually(lambda: panel.view.get("fires") == 1)
    editor = min(user.find(kind=ConditionEditor).elements, key=lambda one: one.id)
    UserInteraction(user, {editor}, None).trigger("change", 'starts_with(phone_number, "+1415")')

    assert await eventually(lambda: "masked for you" in panel.view["problem"])
    user.find(kind=InsightPanel).trigger("why", "evt_1")
    await user.should_not_see("Would fire")


async def test_a_recent_event_comes_masked_into_the_test_of_a_user(
    user: User, engine: Engine, pushed: list[Any]
) -> None:
    await called(engine)

    @ui.page("/")
    def page() -> None:
        dialog = TestDialog(engine, USER)
        ui.button("Open", on_click=lambda: dialog.open(1, None))

    await user.open("/")
    user.find("Open").click()
    await user.should_see("Act as role")
    user.find(kind=Choice).trigger("change", "recent")
    await user.should_see(kind=RecentEvents)
    user.find(kind=RecentEvents).trigger("search", {"text": "", "number": 1})
    assert await eventually(lambda: [1 for kind, _, _ in pushed if kind is RecentEvents])
    user.find(kind=RecentEvents).trigger("take", "evt_1")
    await user.should_see("with people's data masked")

    (editor,) = user.find(kind=JsonEditor).elements
    assert editor.value is not None
    assert editor.value["phone_number"] == MASKED
    assert telling(given(user) + repr(pushed)) == []


async def test_the_preview_of_an_action_takes_no_more_than_a_user_sees(
    user: User, engine: Engine, pushed: list[Any]
) -> None:
    await called(engine)
    await form_opened(user, engine, engine.hooks.all()[-1].id, actor=USER)
    choice = next(one for one in user.find(kind=Choice).elements if one.props["label"] == "Event of the preview")
    UserInteraction(user, {choice}, None).trigger("change", "recent")
    await user.should_see(kind=RecentEvents)
    user.find(kind=RecentEvents).trigger("search", {"text": "", "number": 1})
    assert await eventually(lambda: [1 for kind, _, _ in pushed if kind is RecentEvents])
    user.find(kind=RecentEvents).trigger("take", "evt_1")
    await user.should_see("for the event about")

    assert telling(given(user) + repr(pushed)) == []


async def test_a_notice_loses_what_reads_like_a_number(user: User, engine: Engine, pushed: list[Any]) -> None:
    @ui.page("/")
    def page() -> None:
        async def now() -> Actor:
            return USER

        NoticeBell(engine, USER, now)

    await user.open("/")
    await engine.notices.tell("good", f"Call {PHONE}", f"or write to {EMAIL}", "")
    user.find(kind=NoticeBell).trigger("look")
    assert await eventually(lambda: [1 for _, name, _ in pushed if name == "show"])

    assert telling(repr(pushed)) == []
    assert f"Call {MASKED}" in repr(pushed)


async def test_more_pages_of_executions_are_masked_too(user: User, engine: Engine, pushed: list[Any]) -> None:
    await called(engine)
    await signed_in(user, engine, USER)
    await user.open("/executions")

    user.find(kind=ExecutionList).trigger("query", {"q": ""})

    assert await eventually(lambda: [1 for kind, name, _ in pushed if kind is ExecutionList and name == "show"])
    assert telling(repr(pushed)) == []


async def test_an_admin_chooses_the_fields_in_settings(user: User, engine: Engine) -> None:
    await signed_in(user, engine, ADMIN)
    await user.open("/settings")
    box = user.find(kind=ui.textarea, marker="fields")
    box.clear().type("email\nfirst name!")
    (card,) = user.find(kind=SensitiveCard).elements
    await card.save()
    await user.should_see("is no name of a field")

    box.clear().type("email city")
    await card.save()

    assert engine.sensitive.fields == {"email", "city"}
    await user.should_not_see("is no name of a field")
    (area,) = user.find(kind=ui.textarea, marker="fields").elements
    assert area.value == "city\nemail"
    user.find("Put back the usual ones").click()
    assert await eventually(lambda: "phone_number" in (area.value or ""))


async def test_others_see_the_fields_and_cannot_change_them(user: User, engine: Engine) -> None:
    await signed_in(user, engine, MANAGER)
    await user.open("/settings")

    await user.should_see("Admins may change them.")
    await user.should_not_see("Put back the usual ones")
