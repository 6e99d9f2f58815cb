"""The list of actions in the form, by a simulated user."""

import asyncio
from typing import Any

import pytest
from nicegui import ui
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.choice import Choice
from dashboard.components.conditions.editor import ConditionEditor
from dashboard.components.events.picker import EventPicker
from dashboard.components.events.recent import RecentEvents
from dashboard.components.execution.http_call import HttpCall
from dashboard.components.hook_form.headers import HeaderRows
from dashboard.components.hook_form.panel import Panel
from dashboard.components.hook_form.preview import PAUSE_SECONDS
from engine import MASK, SYSTEM, Engine, Json
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ADMIN, ECHO, USER
from tests.dashboard.test_hook_form import closed, one, opened, save, saved_as, write
from tests.engine.conftest import eventually

NOTES = "https://api.example.com/notes/{{ steps[0].json.id }}"
THREE: dict[str, Json] = {
    "title": "Three",
    "trigger": "call.ended",
    "actions": [
        {
            "url": "https://api.example.com/contacts",
            "headers": {"Authorization": "Bearer x"},
            "body": '{"call": {{ call_id }}}',
            "success": {"statuses": "200-299, 409", "check": "json.id > 0"},
        },
        {"url": NOTES, "method": "PUT", "when": "steps[0].status == 201"},
        {"url": ECHO, "method": "GET", "go_on": True},
    ],
}


def press(user: User, label: str) -> None:
    (button,) = [one for one in user.find(kind=ui.button).elements if one.props.get("aria-label") == label]
    UserInteraction(user, {button}, label).click()


def editor(user: User, label: str, number: int = 0) -> Any:
    """The condition editor of that field, of the action with that index."""
    field = f"actions[{number}].{label}"
    return next(
        element
        for element in user.find(ConditionEditor).elements
        if any(around.props.get("data-field") == field for around in element.ancestors())
    )


def change(user: User, element: Element, value: object) -> None:
    UserInteraction(user, {element}, "change").trigger("change", value)


def choose(user: User, label: str, value: str) -> None:
    (choice,) = [choice for choice in user.find(Choice).elements if choice.props["label"] == label]
    change(user, choice, value)


def cards(user: User) -> list[Element]:
    found = [one for one in user.find(kind=Element).elements if str(one.props.get("aria-label")).startswith("Action ")]
    return sorted(found, key=lambda card: str(card.props["aria-label"]))


def is_open(card: Element) -> bool:
    return next(one for one in card.descendants() if one.tag == "details").props["open"]


def urls(engine: Engine, hook_id: int) -> list[str]:
    return [action.url for action in engine.hooks.get(hook_id).definition.actions]


async def three(user: User, engine: Engine) -> int:
    hook = await engine.hooks.save(THREE, actor=ADMIN)
    await opened(user, engine, hook.id)
    return hook.id


async def test_what_is_opened_and_saved_unchanged_is_the_same(user: User, engine: Engine) -> None:
    hook_id = await three(user, engine)
    before = engine.hooks.get(hook_id).definition
    assert one(user, Panel).props["dirty"] is False
    save(user)
    await closed(user)

    assert engine.hooks.get(hook_id).version == 2
    assert engine.hooks.get(hook_id).definition == before


async def test_each_is_folded_to_a_line_that_tells_it(user: User, engine: Engine) -> None:
    await three(user, engine)

    await user.should_see("api.example.com/notes/{{ steps[0].json.id }}")
    await user.should_see("runs if steps[0].status == 201")
    await user.should_see("goes on if it fails")
    await user.should_see("success is 200-299, 409; and json.id > 0")
    await user.should_see("Each may read what those before it returned.")
    assert [is_open(card) for card in cards(user)] == [False, False, False]


async def test_a_second_action_makes_a_list_that_is_saved(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    await user.should_not_see("One after the other")
    user.find("Add another action").click()
    await user.should_see("no address yet")
    assert [is_open(card) for card in cards(user)] == [False, True]
    write(user, "actions[1].url", NOTES)
    change(user, editor(user, "when", 1), "steps[0].ok")
    change(user, editor(user, "success.check", 1), "json.done")
    write(user, "actions[1].success.statuses", "200")
    user.find(kind=ui.switch, marker="actions[1].go_on").click()
    save(user)

    await saved_as(user, engine, 3)
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    assert raw["actions"][1] == {
        "url": NOTES,
        "method": "POST",
        "headers": {},
        "body": None,
        "when": "steps[0].ok",
        "go_on": True,
        "success": {"statuses": "200", "check": "json.done"},
    }


async def test_they_are_moved_copied_and_removed(user: User, engine: Engine) -> None:
    hook_id = await three(user, engine)
    press(user, "Move down: action 1")
    press(user, "Duplicate: action 3")
    press(user, "Remove: action 1")
    await user.should_see("success is 200-299, 409")
    save(user)
    await closed(user)

    assert urls(engine, hook_id) == ["https://api.example.com/contacts", ECHO, ECHO]


async def test_put_back_in_their_order_nothing_is_changed(user: User, engine: Engine) -> None:
    await three(user, engine)
    press(user, "Move up: action 3")
    assert one(user, Panel).props["dirty"] is True
    press(user, "Move down: action 2")

    assert one(user, Panel).props["dirty"] is False


async def test_they_may_run_all_at_once(user: User, engine: Engine) -> None:
    hook_id = await three(user, engine)
    choose(user, "How the actions run", "parallel")
    await user.should_see("All begin at the same time")
    save(user)
    await closed(user)

    assert engine.hooks.get(hook_id).definition.run == "parallel"


async def test_ten_are_the_most(user: User, engine: Engine) -> None:
    await engine.hooks.save({**THREE, "actions": [{"url": ECHO}] * 10}, actor=ADMIN, hook_id=1)
    await opened(user, engine, 1)

    await user.should_see("A hook has at most 10 actions.")
    await user.should_not_see("Add action")


async def test_what_is_wrong_stands_beside_its_field_in_its_action(user: User, engine: Engine) -> None:
    await three(user, engine)
    write(user, "actions[1].url", "ftp://example.com")
    write(user, "actions[2].success.statuses", "2xx")
    change(user, editor(user, "when", 2), "steps[0].ok and")
    save(user)

    await user.should_see("3 fields need a change")
    await user.should_see("An address starts with https:// or http://.")
    await user.should_see("List statuses and ranges such as 200-299, 404.")
    assert editor(user, "when", 2).checked.error
    assert [
        len([one for one in card.descendants() if "needs a change" in str(getattr(one, "text", "")) and one.visible])
        for card in cards(user)
    ] == [0, 1, 1]


async def test_a_header_that_stands_twice_is_told_in_its_action(user: User, engine: Engine) -> None:
    await three(user, engine)
    rows = sorted(user.find(HeaderRows).elements, key=lambda rows: rows.id)
    change(user, rows[1], [["X-A", "1", False], ["x-a", "2", False]])
    save(user)

    await user.should_see("One field needs a change")
    assert [list(one.props["errors"]["rows"]) for one in rows] == [[], ["1"], []]


async def test_steps_complete_where_something_came_before(user: User, engine: Engine) -> None:
    await three(user, engine)

    def names(number: int) -> set[str]:
        return {one["name"] for one in editor(user, "when", number).props["context"]}

    assert not any(name.startswith("steps") for name in names(0))
    assert "steps[0].status" in names(1)
    assert "steps[1].json" not in names(1)
    assert {"steps[0].ok", "steps[1].json"} <= names(2)
    assert "call_duration" in {one["name"] for one in editor(user, "when", 1).props["fields"]}
    editor(user, "when", 1).check()
    assert editor(user, "when", 1).checked.warnings == ()

    choose(user, "How the actions run", "parallel")
    assert not any(name.startswith("steps") for name in names(2))


async def test_a_body_of_its_own_begins_with_fields_of_the_event(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    choose(user, "Body", "own")
    body = editor(user, "body")
    assert body.value.startswith("{\n")
    assert "{{ " in body.value
    body.check()
    assert body.checked.error is None

    change(user, body, '{"a": {{ call_duratin }}}')
    body.check()
    assert "Did you mean `call_duration`?" in body.checked.warnings[0]
    change(user, body, '{"a": {{ call_duration }}')
    body.check()
    assert "This is no JSON" in (body.checked.error or "")
    change(user, body, '{"a": {{ call_duration }}}')
    save(user)

    await saved_as(user, engine, 3)
    assert engine.hooks.get(1).definition.actions[0].body == '{"a": {{ call_duration }}}'


async def test_the_envelope_forgets_no_text(user: User, engine: Engine) -> None:
    await three(user, engine)
    (choice, *_) = sorted(
        (one for one in user.find(Choice).elements if one.props["label"] == "Body"), key=lambda one: one.id
    )
    change(user, choice, "envelope")
    change(user, choice, "own")

    assert editor(user, "body").value == '{"call": {{ call_id }}}'
    assert one(user, Panel).props["dirty"] is False


async def test_a_preset_fills_in_a_header(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    rows = user.find(HeaderRows)
    rows.trigger("preset", {"kind": "basic", "values": ["ada", "secret"]})
    rows.trigger("preset", {"kind": "bearer", "values": [""]})
    rows.trigger("preset", {"kind": "bearer", "values": ["tok"]})
    save(user)

    await saved_as(user, engine, 3)
    (action,) = (await engine.hooks.with_secrets(1, actor=ADMIN))["actions"]
    assert action["headers"] == {"X-Team": "sales", "Authorization": "Bearer tok"}
    assert action["secret_headers"] == ["Authorization"]


async def previews(user: User, count: int) -> list[Any]:
    """Those that are unfolded and show a request, once there are as many."""
    await user.should_see(kind=HttpCall)
    await eventually(lambda: len(user.find(HttpCall).elements) == count)
    return sorted(user.find(HttpCall).elements, key=lambda call: call.id)


async def test_the_preview_shows_what_would_go_out_for_the_sample_as_one_types(user: User, engine: Engine) -> None:
    await three(user, engine)
    first, second = await previews(user, 2)
    assert first.props["lead"] == "POST"
    assert first.props["body"] == f'{{\n  "call": "{engine.catalogue.get("call.ended").sample["call_id"]}"\n}}'
    assert ["authorization", MASK] in first.props["headers"]

    assert second.props["line"] == "https://api.example.com/notes/sample-id"
    await user.should_see("What is read of steps is known once action 1 has answered")

    change(user, editor(user, "body"), '{"call": {{ call_durashun }}}')
    await user.should_see("no field")
    write(user, "actions[1].url", "https://api.example.com/{{ call_duration")
    await user.should_see("is never closed")


async def test_the_preview_takes_a_real_event_for_all_actions(user: User, engine: Engine) -> None:
    await engine.accept([EventDraft(type="call.ended", data={"call_id": "c9"}, id=None, occurred_at=None)], SYSTEM)
    await three(user, engine)
    choices = sorted(
        (one for one in user.find(Choice).elements if "preview" in one.props["label"]), key=lambda one: one.id
    )
    change(user, choices[1], "recent")
    await user.should_see(kind=RecentEvents)
    listed = user.find(RecentEvents)
    listed.trigger("search", {"number": 1, "text": ""})
    (events,) = listed.elements
    (id,) = await eventually(lambda: list(events._shown))
    listed.trigger("take", id)

    await user.should_see("for the event about c9")
    assert [choice.value for choice in choices] == ["recent", "recent", "recent"]
    first, _ = await previews(user, 2)
    assert await eventually(lambda: first.props["body"] == '{\n  "call": "c9"\n}')

    user.find(EventPicker).trigger("change", "sms.received")
    await user.should_see("for the sample event")
    assert [choice.value for choice in choices] == ["sample", "sample", "sample"]


async def test_a_preview_without_values_is_folded(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    await user.should_see("for the sample event")
    await asyncio.sleep(2 * PAUSE_SECONDS)
    await user.should_not_see(kind=HttpCall)

    choose(user, "Body", "own")

    assert await previews(user, 1)


CURL = f"""curl -X PUT '{ECHO}?a=1' \\
  -H 'Authorization: Bearer tok' -H 'webhook-id: exe_1' \\
  --json '{{"a": 1}}' -k"""


async def test_a_command_of_curl_fills_in_an_action(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    user.find(kind=ui.input, marker="actions[0].url").trigger("paste", CURL)
    await user.should_see("certificates are always checked")
    await user.should_see("webhook-id is set by Trigger Hooks at every call.")
    save(user)

    await saved_as(user, engine, 3)
    (action,) = (await engine.hooks.with_secrets(1, actor=ADMIN))["actions"]
    assert action == {
        "method": "PUT",
        "url": f"{ECHO}?a=1",
        "headers": {
            "Authorization": "Bearer tok",
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        "secret_headers": ["Authorization"],
        "body": '{"a": 1}',
    }


async def test_a_command_is_pasted_into_a_dialog_that_says_what_is_wrong(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    user.find("Paste cURL").click()
    area = user.find(kind=ui.textarea, marker="curl")
    area.type("wget https://a.example.com")
    user.find("Take it").click()
    await user.should_see("Paste a command that begins with curl.")
    area.clear().type("curl https://a.example.com/x")
    user.find("Take it").click()

    assert one(user, ui.input, "actions[0].url").value == "https://a.example.com/x"


@pytest.mark.parametrize("hook_id", [1])
async def test_who_may_only_look_cannot_change_the_list(user: User, engine: Engine, hook_id: int) -> None:
    await engine.hooks.save(THREE, actor=ADMIN, hook_id=hook_id)
    await opened(user, engine, hook_id, actor=USER)

    await user.should_see("runs if steps[0].status == 201")
    await user.should_not_see("Add action")
    await user.should_not_see("Paste cURL")
    assert not [one for one in user.find(kind=ui.button).elements if "action" in str(one.props.get("aria-label"))]
