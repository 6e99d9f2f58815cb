"""The test dialog, by a simulated user: decided, sent to an internal endpoint, refused."""

import json
from typing import Any

from nicegui import ui
from nicegui.testing import User

from dashboard.components.combobox import Combobox
from dashboard.components.http_call import HttpCall
from dashboard.components.json_editor import JsonEditor
from dashboard.components.test_dialog import TestDialog
from dashboard.components.trace import Trace
from dashboard.components.verdict import Verdict
from engine import Actor, Engine, ExecutionQuery
from tests.dashboard.conftest import ADMIN, ECHO, HOOKS, MANAGER, USER


async def opened(user: User, engine: Engine, hook_id: int = 1, actor: Actor = ADMIN, **draft: Any) -> None:
    @ui.page("/")
    def page() -> None:
        dialog = TestDialog(engine, actor)
        ui.button("Open", on_click=lambda: dialog.open(hook_id, draft or None))

    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=Verdict)


def one(user: User, kind: type[Any]) -> Any:
    (element,) = user.find(kind).elements
    return element


def edit(user: User, **changes: Any) -> None:
    """Other data; None takes a field away."""
    data = {**one(user, JsonEditor).value, **changes}
    text = json.dumps({name: value for name, value in data.items() if value is not None})
    user.find(JsonEditor).trigger("change", text)


async def verdict(user: User, text: str) -> None:
    await user.should_see(kind=Verdict, content=text, retries=20)


async def test_the_sample_is_decided_at_once(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await user.should_see("Test: Lead Qualification")
    await verdict(user, "Would fire")

    assert one(user, JsonEditor).value == engine.catalogue.get("call.ended").sample
    assert [gate["verdict"] for gate in one(user, Trace).props["gates"]] == ["yes"] * 4
    request = one(user, HttpCall).props
    assert (request["lead"], request["line"]) == ("POST", ECHO)
    assert ["webhook-test", "true"] in request["headers"]
    assert json.loads(request["body"])["data"]["call_duration"] == 187


async def test_a_dry_run_says_why_not_and_sends_nothing(user: User, engine: Engine) -> None:
    await opened(user, engine)
    edit(user, call_duration=45)
    user.find("Dry run").click()
    await verdict(user, "Would not fire: `call_duration > 60` is false: 45 > 60")

    status, role, filters, condition = one(user, Trace).props["gates"]
    assert [gate["verdict"] for gate in (status, role, filters, condition)] == ["yes", "yes", "yes", "no"]
    assert filters["rows"][0] == {"field": "country", "operator": "is", "value": '"US"', "found": '"US"', "holds": True}
    first, second = condition["tree"]["children"]
    assert (first["text"], first["substituted"], first["verdict"]) == ("call_duration > 60", "45 > 60", "no")
    assert (second["verdict"], first["children"]) == ("yes", [])
    assert (await engine.executions(ExecutionQuery())).items == ()


async def test_a_missing_field_is_unknown_and_named(user: User, engine: Engine) -> None:
    await opened(user, engine)
    edit(user, sentiment=None)
    user.find(JsonEditor).trigger("run")
    await verdict(user, "no field `sentiment` in this event")

    assert one(user, Verdict).props["tone"] == "unknown"
    assert one(user, Trace).props["gates"][3]["tree"]["children"][1]["unknown"] == "no field `sentiment` in this event"


async def test_send_calls_the_address_and_shows_the_answer(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find("Send").click()
    await verdict(user, "Delivered: the receiver answered 200")

    response = next(call for call in user.find(HttpCall).elements if call.props["title"] == "Response")
    assert (response.props["lead"], response.props["tone"]) == ("200", "good")
    assert json.loads(response.props["body"])["method"] == "POST"
    (execution,) = (await engine.executions(ExecutionQuery())).items
    assert execution.test


async def test_a_failed_call_is_never_said_to_have_succeeded(user: User, engine: Engine) -> None:
    draft = {**HOOKS[0], "actions": [{"url": "https://10.0.0.1/x", "method": "POST", "headers": {}, "body": None}]}
    await engine.hooks.save(draft, actor=ADMIN, hook_id=1)
    await opened(user, engine)
    user.find("Send").click()
    await verdict(user, "Not delivered: address refused")

    assert one(user, Verdict).props["tone"] == "no"
    await user.should_not_see("Delivered")


async def test_what_would_not_fire_is_not_sent(user: User, engine: Engine) -> None:
    await opened(user, engine, 2)
    await verdict(user, "Would not fire: the hook is disabled")
    user.find("Send").click()
    await verdict(user, "Nothing was sent, since it would not fire: the hook is disabled")
    assert one(user, Verdict).props["about"] == "Enable the hook and save it, then send again."

    assert (await engine.executions(ExecutionQuery())).items == ()


async def test_json_that_cannot_be_read_is_named_by_line_and_column(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(JsonEditor).trigger("change", '{\n  "a": 1,\n  "b" 2\n}')
    problem = one(user, JsonEditor).problem
    assert (problem.line, problem.column) == (3, 7)
    assert not next(iter(user.find(kind=ui.button, content="Dry run").elements)).enabled

    user.find(JsonEditor).trigger("change", "[1]")
    assert "object" in one(user, JsonEditor).problem.message
    user.find(JsonEditor).trigger("change", '{"a": NaN}')
    assert one(user, JsonEditor).value is None

    user.find("Reset to sample").click()
    assert one(user, JsonEditor).value == engine.catalogue.get("call.ended").sample


async def test_a_user_may_not_send(user: User, engine: Engine) -> None:
    await opened(user, engine, actor=USER)
    await user.should_see("Managers and admins may also send.")
    await user.should_not_see(kind=ui.button, content="Send")

    assert [option["value"] for option in one(user, Combobox).props["options"]] == ["user"]


async def test_the_role_to_act_as_is_the_hooks_own_where_it_may_be(user: User, engine: Engine) -> None:
    await opened(user, engine, 3, actor=MANAGER)
    assert one(user, Combobox).value == "manager"

    user.find(Combobox).trigger("change", "user")
    user.find("Dry run").click()
    await verdict(user, "Would not fire: the event's role User is not one that this hook listens to")


async def test_unsaved_changes_are_tested_but_not_sent(user: User, engine: Engine) -> None:
    await opened(user, engine, **{**HOOKS[0], "condition": "call_duration > 1000"})
    await user.should_see("Unsaved changes")
    await verdict(user, "187 > 1000")

    assert not next(iter(user.find(kind=ui.button, content="Send").elements)).enabled
