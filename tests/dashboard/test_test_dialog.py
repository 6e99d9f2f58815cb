"""The test dialog, by a simulated user: decided, sent to an internal endpoint, refused."""

import asyncio
import json
from typing import Any

from nicegui import ui
from nicegui.testing import User

from dashboard.components.basics.choice import Choice
from dashboard.components.basics.combobox import Combobox
from dashboard.components.basics.json_editor import JsonEditor
from dashboard.components.decisions.trace import Trace
from dashboard.components.decisions.verdict import Verdict
from dashboard.components.events.recent import RecentEvents, telling, telling_fields
from dashboard.components.execution.http_call import HttpCall
from dashboard.components.test_dialog.dialog import TestDialog
from engine import Actor, Engine, ExecutionQuery, Role, about_of
from engine.events.draft import EventDraft
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
    await user.should_see(kind=Verdict, content=text)


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
    assert (await engine.executions.page(ExecutionQuery())).items == ()


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
    (execution,) = (await engine.executions.page(ExecutionQuery())).items
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

    assert (await engine.executions.page(ExecutionQuery())).items == ()


async def test_json_that_cannot_be_read_is_named_by_line_and_column(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(JsonEditor).trigger("change", '{\n  "a": 1,\n  "b" 2\n}')
    problem = one(user, JsonEditor).problem
    assert (problem.line, problem.column) == (3, 7)
    assert "line 3, column 7" in problem.message
    assert not next(iter(user.find(kind=ui.button, content="Dry run").elements)).enabled

    user.find(JsonEditor).trigger("change", "[1]")
    assert "object" in one(user, JsonEditor).problem.message
    user.find(JsonEditor).trigger("change", '{"a": NaN}')
    assert one(user, JsonEditor).value is None

    user.find("Reset to sample").click()
    assert one(user, JsonEditor).value == engine.catalogue.get("call.ended").sample


async def test_whole_numbers_are_kept_exactly_or_refused_with_their_place(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(JsonEditor).trigger("change", '{"order": {"id": 18446744073709551615}}')
    assert one(user, JsonEditor).value == {"order": {"id": 18446744073709551615}}

    user.find(JsonEditor).trigger("change", '{"order": {"id": 100000000000000000001}}')
    assert one(user, JsonEditor).value is None
    assert one(user, JsonEditor).problem.message.startswith(
        "order.id: The whole number 100000000000000000001 is beyond"
    )


async def test_a_user_may_not_send(user: User, engine: Engine) -> None:
    await opened(user, engine, actor=USER)
    await user.should_see("Managers and admins may also send.")
    await user.should_not_see(kind=ui.button, content="Send")

    assert {option["value"] for option in one(user, Combobox).props["options"]} == set(Role)


async def test_the_role_to_act_as_is_the_hooks_own(user: User, engine: Engine) -> None:
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


async def took(user: User, engine: Engine, actor: Actor = ADMIN, **data: Any) -> str:
    """A dialog with a stored event that was chosen; its id."""
    draft = EventDraft(type="call.ended", data=data, id=None, occurred_at=None)
    (receipt,) = await engine.accept([draft], Actor(kind="key", id=9, name="agent", role=Role.AGENT))
    await opened(user, engine, actor=actor)
    user.find(kind=Choice).trigger("change", "recent")
    await user.should_see(kind=RecentEvents)
    user.find(RecentEvents).trigger("search", {"number": 1, "text": ""})
    await asyncio.sleep(0.2)
    user.find(RecentEvents).trigger("take", receipt.id)
    return receipt.id


async def test_a_recent_event_fills_the_editor_and_is_decided(user: User, engine: Engine) -> None:
    await took(user, engine, first_name="Maria", call_duration=45, country="US")
    await verdict(user, "Would not fire: `call_duration > 60` is false: 45 > 60")

    assert one(user, JsonEditor).value == {"first_name": "Maria", "call_duration": 45, "country": "US"}
    assert one(user, Combobox).value == "agent"
    await user.should_see("The event about Maria, as it came.")


async def test_a_dry_run_acts_as_any_role_and_send_as_those_that_may_be_acted_as(user: User, engine: Engine) -> None:
    await took(user, engine, MANAGER, first_name="Maria", call_duration=90, country="US")
    await verdict(user, "Would fire")

    send = next(iter(user.find(kind=ui.button, content="Send").elements))
    assert (one(user, Combobox).value, send.enabled) == ("agent", False)
    await user.should_see("A dry run may act as any role. You may send as Manager or User.")

    user.find(Combobox).trigger("change", "manager")
    assert send.enabled
    await user.should_see("Send calls the real address")


async def test_recent_events_are_searched_and_told(engine: Engine) -> None:
    definition = engine.hooks.get(1).definition

    assert telling_fields(definition)[:3] == ("country", "call_duration", "sentiment")
    assert telling({"call_duration": 7, "tags": [1], "sentiment": "x" * 30}, telling_fields(definition)) == (
        "call_duration 7 · sentiment " + "x" * 23 + "…"
    )
    assert (about_of({"first_name": "Zoë", "last_name": "Díaz"}), about_of({"lead_id": 5}), about_of({})) == (
        "Zoë Díaz",
        "5",
        "",
    )


async def test_pasting_begins_with_an_empty_editor(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(kind=Choice).trigger("change", "pasted")
    await user.should_see("Paste the data of an event here")
    assert one(user, JsonEditor).value is None
    assert not next(iter(user.find(kind=ui.button, content="Dry run").elements)).enabled

    user.find(JsonEditor).trigger("change", '{"call_duration": 90}')
    assert one(user, JsonEditor).value == {"call_duration": 90}


async def test_of_a_whole_event_the_data_is_taken(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(kind=Choice).trigger("change", "pasted")
    user.find(JsonEditor).trigger("change", '{"type": "call.started", "data": {"call_duration": 90}}')
    assert one(user, JsonEditor).value == {"call_duration": 90}
    await user.should_see("a whole event of the type call.started")


async def test_a_gate_that_is_off_is_not_asked_and_said_so(user: User, engine: Engine) -> None:
    await opened(user, engine)
    edit(user, country="DE", call_duration=1)
    user.find("ask-filters").click()
    user.find("ask-condition").click()
    user.find("Dry run").click()
    await verdict(user, "Would fire")
    await user.should_see("Filters and Condition were not asked.")

    gates = one(user, Trace).props["gates"]
    assert [gate["verdict"] for gate in gates] == ["yes", "yes", "unasked", "unasked"]
    assert gates[2]["reason"] == "Filters were not asked."
    assert one(user, Verdict).props["about"] == "Every gate that was asked lets this event through."


async def test_the_request_is_there_to_copy_as_curl(user: User, engine: Engine) -> None:
    await opened(user, engine)

    assert one(user, HttpCall).props["curl"].startswith(f"curl -X POST {ECHO}")


async def test_a_tested_event_is_kept_as_a_case(user: User, engine: Engine) -> None:
    await opened(user, engine)
    edit(user, call_duration=45)
    user.find("Dry run").click()
    await verdict(user, "Would not fire")
    user.find("Keep as a case").click()
    await user.should_see("Name of the case")
    assert expected(user).value == "not"

    user.find(kind=ui.button, content="Keep").click()
    await user.should_see("Give the case a name of 1 to 255 characters.")
    user.find(kind=ui.input).type("  Too short ")
    user.find(kind=ui.button, content="Keep").click()
    await user.should_see("Kept as “Too short”: does not fire.")

    (case,) = await engine.cases.of(1)
    assert (case.name, case.fires, case.role, case.data["call_duration"]) == ("Too short", False, Role.AGENT, 45)


async def test_a_case_of_a_disabled_hook_expects_what_it_says_once_enabled(user: User, engine: Engine) -> None:
    await opened(user, engine, 2)
    await verdict(user, "Would not fire: the hook is disabled")
    user.find("Keep as a case").click()
    await user.should_see("Name of the case")

    assert expected(user).value == "fires"


async def test_no_case_for_whom_may_not_change_hooks_or_without_a_hook(user: User, engine: Engine) -> None:
    await opened(user, engine, actor=USER)
    await user.should_not_see("Keep as a case")


def expected(user: User) -> Choice:
    return next(one for one in user.find(Choice).elements if one.props["label"] == "Expected answer")
