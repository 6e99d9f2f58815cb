"""The form, by a simulated user: no browser, so that what Vue draws is seen by what it is given."""

import asyncio
from typing import Any

import pytest
from nicegui import ui
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.combobox import Combobox
from dashboard.components.conditions.editor import FUNCTIONS, ConditionEditor
from dashboard.components.conditions.filter_rows import FilterRows
from dashboard.components.events.picker import EventPicker
from dashboard.components.hook_form.form import HookForm
from dashboard.components.hook_form.headers import HeaderRows
from dashboard.components.hook_form.panel import Panel
from engine import MASK, Actor, Engine, Hook, HookType
from engine.expressions import functions
from tests.dashboard.conftest import ADMIN, ECHO, MANAGER, USER


async def opened(
    user: User,
    engine: Engine,
    hook_id: int | None = None,
    *,
    actor: Actor | None = ADMIN,
    template: dict[str, Any] | None = None,
) -> None:
    """The form, open on a page of its own."""

    async def now() -> Actor | None:
        return actor

    @ui.page("/")
    def page() -> None:
        form = HookForm(engine, now)
        ui.button("Open", on_click=lambda: form.open(hook_id, template))

    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=Panel)


def one(user: User, kind: type[Any], marker: str | None = None) -> Any:
    (element,) = user.find(kind=kind, marker=marker).elements
    return element


def write(user: User, field: str, text: str) -> None:
    user.find(kind=ui.input, marker=field).clear().type(text)


def save(user: User) -> None:
    user.find(kind=ui.button, content="Save").click()


async def closed(user: User) -> None:
    """Waits until the form was told to close; only a browser would say when it is out of sight."""
    (dialog,) = [around for around in one(user, Panel).ancestors() if isinstance(around, ui.dialog)]
    for _ in range(50):
        if not dialog.value:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the form is still open")


async def saved_as(user: User, engine: Engine, count: int) -> Hook:
    """The newest hook, once the form has closed."""
    await closed(user)
    assert len(engine.hooks.all()) == count
    return engine.hooks.all()[-1]


async def test_a_new_hook_is_saved_as_the_api_would_store_it(user: User, engine: Engine) -> None:
    await opened(user, engine)
    write(user, "title", "Hot leads")
    user.find(EventPicker).trigger("change", "call.ended")
    user.find(kind=ConditionEditor, marker="condition").trigger("change", "lead_score >= 80")
    rows = [
        {"field": "call_duration", "operator": "gt", "value": "60", "case_sensitive": False},
        {"field": "country", "operator": "one_of", "value": ["US", "CA"], "case_sensitive": False},
        {"field": "email", "operator": "exists", "value": None, "case_sensitive": False},
    ]
    user.find(FilterRows).trigger("change", {"match": "any", "rows": rows})
    write(user, "actions[0].url", ECHO)
    user.find(HeaderRows).trigger("change", [["X-Team", "sales", False], ["", "", False]])
    save(user)

    hook = await saved_as(user, engine, 4)
    raw = engine.hooks.raw(hook.definition)
    assert raw == {
        "key": "hot-leads",
        "title": "Hot leads",
        "description": "",
        "enabled": True,
        "shadow": False,
        "trigger": "call.ended",
        "role": "agent",
        "type": "other",
        "filters": {"match": "any", "rows": [{**rows[0], "value": 60}, *rows[1:]]},
        "condition": "lead_score >= 80",
        "run": "sequential",
        "actions": [{"url": ECHO, "method": "POST", "headers": {"X-Team": "sales"}, "body": None}],
        "delivery": {"retries": None, "timeout": None, "final_4xx": False, "ordered": None},
    }


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_stored(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await user.should_not_see("Give the hook a title.")
    write(user, "actions[0].url", "ftp://example.com")
    save(user)

    await user.should_see("Give the hook a title.")
    await user.should_see("Choose the event that starts this hook.")
    await user.should_see("An address starts with https:// or http://.")
    await user.should_see("3 fields need a change")
    assert len(engine.hooks.all()) == 3

    write(user, "title", "Hot leads")
    await user.should_not_see("Give the hook a title.")
    await user.should_see("2 fields need a change")


async def test_an_error_waits_until_its_field_was_left(user: User, engine: Engine) -> None:
    await opened(user, engine)
    write(user, "actions[0].url", "exa")
    await user.should_not_see("An address starts with https:// or http://.")

    user.find(kind=ui.input, marker="actions[0].url").trigger("blur")

    await user.should_see("An address starts with https:// or http://.")
    await user.should_not_see("Give the hook a title.")


async def test_a_filter_row_is_told_what_is_wrong_with_it(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    row = {"field": "", "operator": "gt", "value": "soon", "case_sensitive": False}
    user.find(FilterRows).trigger("change", {"match": "all", "rows": [row]})
    save(user)
    await user.should_see("2 fields need a change")

    errors = one(user, FilterRows).props["errors"]
    assert errors == {
        "problems": {
            "filters.rows[0].field": "Choose a field.",
            "filters.rows[0].value": "Enter a number, a date or a time.",
        },
        "tries": 1,
    }


@pytest.mark.parametrize(
    ("field", "written", "stored"),
    [
        ("unknown", "60", 60),
        ("unknown", "-0.5", -0.5),
        ("unknown", "007", "007"),
        ("unknown", "1e3", "1e3"),
        ("unknown", "+15551230000", "+15551230000"),
        ("unknown", "100000000000000000001", "100000000000000000001"),
        ("unknown", "1,200", "1,200"),
        ("unknown", "inf", "inf"),
        ("unknown", "True", True),
        ("unknown", "false", False),
        ("unknown", "yes", "yes"),
        ("unknown", ["1", "true", "x"], [1, True, "x"]),
        ("country", "60", "60"),
        ("country", "true", "true"),
        ("call_duration", "60", 60),
    ],
)
async def test_a_filter_stores_a_number_as_a_number_also_of_a_field_that_is_unknown(
    user: User, engine: Engine, field: str, written: Any, stored: Any
) -> None:
    await opened(user, engine, 1)
    user.find(EventPicker).trigger("change", "call.ended")
    row = {"field": field, "operator": "is", "value": written, "case_sensitive": False}
    user.find(FilterRows).trigger("change", {"match": "all", "rows": [row]})

    (kept,) = one(user, FilterRows).value["rows"]
    assert kept["value"] == stored
    assert type(kept["value"]) is type(stored)


async def test_a_header_that_stands_twice_is_refused(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    user.find(HeaderRows).trigger("change", [["X-Team", "sales", False], ["x-team", "support", False]])
    save(user)
    await user.should_see("One field needs a change")

    assert one(user, HeaderRows).props["errors"]["rows"] == {
        "1": "X-Team and x-team are the same header; keep one of them."
    }


async def test_a_secret_value_stays_a_mask_once_it_is_saved(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    rows = [["X-Team", "sales", False], ["Authorization", "Bearer abc", True], ["X-Region", "no", False]]
    user.find(HeaderRows).trigger("change", rows)
    save(user)
    await closed(user)
    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=Panel)
    assert one(user, HeaderRows).props["initial"] == [rows[0], ["Authorization", MASK, True], rows[2]]
    assert one(user, Panel).props["dirty"] is False
    write(user, "title", "Renamed")
    save(user)
    await closed(user)

    (action,) = (await engine.hooks.with_secrets(1, actor=ADMIN))["actions"]
    assert engine.hooks.get(1).definition.title == "Renamed"
    assert action["headers"] == {"X-Team": "sales", "Authorization": "Bearer abc", "X-Region": "no"}
    assert action["secret_headers"] == ["Authorization"]


async def test_a_mask_under_another_name_is_refused_beside_its_row(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    raw["actions"][0] |= {"headers": {"X-Api-Key": "abc"}, "secret_headers": ["X-Api-Key"]}
    await engine.hooks.save(raw, actor=ADMIN, hook_id=1)
    await opened(user, engine, 1)

    user.find(HeaderRows).trigger("change", [["X-Key", MASK, True]])
    save(user)

    await user.should_see("One field needs a change")
    assert "Type the value" in one(user, HeaderRows).props["errors"]["rows"]["0"]


async def test_a_condition_is_checked_as_one_types(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    editor = user.find(kind=ConditionEditor, marker="condition")
    editor.trigger("change", "call_duratin > 60").trigger("check")
    assert "Did you mean `call_duration`?" in one(user, ConditionEditor, "condition").checked.warnings[0]

    editor.trigger("change", "call_duration >").trigger("check")
    assert one(user, ConditionEditor, "condition").checked.column == 16


async def test_the_fields_follow_the_event(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find(EventPicker).trigger("change", "sms.received")
    await user.should_see("When an SMS comes in.")

    names = {field["name"] for field in one(user, ConditionEditor, "condition").props["fields"]}
    assert names == set(engine.catalogue.get("sms.received").fields)
    assert names == {field["name"] for field in one(user, FilterRows).props["fields"]}


async def test_an_address_is_judged_as_one_types(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    write(user, "actions[0].url", "http://example.com/leads")
    await user.should_see("http is not encrypted")

    write(user, "actions[0].url", "https://10.0.0.1/leads")
    await user.should_see("This address is not public")


async def test_somebody_elses_save_is_not_overwritten(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    theirs = engine.hooks.raw(engine.hooks.get(1).definition) | {"description": "Mia's"}
    await engine.hooks.save(theirs, actor=MANAGER, hook_id=1)
    write(user, "title", "Mine")
    save(user)

    await user.should_see("mia@example.com saved version 2 meanwhile.")
    assert engine.hooks.get(1).definition.title == "Lead Qualification"

    user.find("Save mine over it").click()
    await closed(user)
    assert engine.hooks.get(1).version == 3
    assert engine.hooks.get(1).definition.title == "Mine"


async def test_theirs_can_be_loaded_instead(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    theirs = engine.hooks.raw(engine.hooks.get(1).definition) | {"title": "Mia's"}
    await engine.hooks.save(theirs, actor=MANAGER, hook_id=1)
    write(user, "title", "Mine")
    save(user)
    await user.should_see("Load theirs")
    user.find("Load theirs").click()

    await user.should_see("version 2")
    assert one(user, ui.input, "title").value == "Mia's"
    await user.should_not_see("meanwhile")


async def test_a_hook_that_was_deleted_meanwhile_can_be_kept(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    await engine.hooks.delete(1, actor=MANAGER)
    write(user, "title", "Still wanted")
    save(user)
    await user.should_see("This hook was deleted meanwhile.")
    user.find("Save as a new hook").click()

    hook = await saved_as(user, engine, 3)
    assert hook.definition.title == "Still wanted"


async def test_leaving_asks_first_where_something_would_be_lost(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    write(user, "title", "Mine")
    assert one(user, Panel).props["dirty"] is True
    user.find("Cancel").click()
    await user.should_see("Discard your changes?")

    user.find("Keep editing").click()
    await user.should_see(kind=Panel)
    user.find(Panel).trigger("leave")
    await user.should_see("Discard your changes?")
    user.find(kind=ui.button, content="Discard").click()
    await closed(user)
    assert engine.hooks.get(1).definition.title == "Lead Qualification"


async def test_leaving_without_changes_just_closes(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    user.find("Cancel").click()

    await closed(user)
    await user.should_not_see("Discard your changes?")


async def test_a_template_fills_a_new_hook(user: User, engine: Engine) -> None:
    await opened(user, engine, template={"title": "Ready", "trigger": "call.ended", "condition": "call_duration > 60"})
    await user.should_see("New trigger hook")
    await user.should_see("When any call completes and call_duration is greater than 60, POST to")

    assert one(user, EventPicker).value == "call.ended"
    assert one(user, Panel).props["dirty"] is False


async def test_a_user_may_only_look(user: User, engine: Engine) -> None:
    await opened(user, engine, 1, actor=USER)
    await user.should_see("Managers and admins may change it.")
    await user.should_not_see(kind=ui.button, content="Save")

    assert one(user, ui.input, "title").props["readonly"] is True
    user.find(Panel).trigger("save")
    assert engine.hooks.get(1).version == 1


async def test_a_long_title_is_counted_and_refused(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    write(user, "title", "x" * 256)
    await user.should_see("256 / 255")
    save(user)

    await user.should_see("At most 255 characters; this has 256.")


async def test_whoever_is_signed_out_meanwhile_loses_nothing(user: User, engine: Engine) -> None:
    actor: Actor | None = ADMIN

    async def now() -> Actor | None:
        return actor

    @ui.page("/")
    def page() -> None:
        form = HookForm(engine, now)
        ui.button("Open", on_click=lambda: form.open(1))

    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=Panel)
    write(user, "title", "Mine")
    actor = None
    save(user)

    await user.should_see("You are signed out.")
    assert one(user, ui.input, "title").value == "Mine"


def test_the_functions_that_complete_are_those_of_the_engine() -> None:
    known = {name: (one.signature, one.description) for name, one in functions.FUNCTIONS.items()}

    assert dict(FUNCTIONS) == known


def delivery(user: User) -> Any:
    """The list of schedules in the section Delivery."""
    (box,) = [box for box in user.find(kind=Combobox).elements if box.props["label"] == "Retries"]
    return box


def choose(user: User, label: str, value: str) -> None:
    (box,) = [box for box in user.find(kind=Combobox).elements if box.props["label"] == label]
    UserInteraction(user, {box}, box.props["label"]).trigger("change", value)


def is_open(user: User, title: str = "Delivery") -> bool:
    """Whether a section is unfolded at the start."""
    return one(user, Element, title).props["open"]


async def test_delivery_is_folded_while_it_is_as_usual_and_says_what_it_is(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)

    await user.should_see("As its lane: ten attempts over three days, 15 s a call")
    assert is_open(user) is False


async def test_delivery_is_open_where_it_differs(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    own = {"retries": [5, 60], "timeout": 10, "final_4xx": True, "ordered": True}
    await engine.hooks.save(raw | {"delivery": own}, actor=ADMIN, hook_id=1)
    await opened(user, engine, 1)

    await user.should_see("Again after 5 s and 1 min, 10 s a call, 4xx is final, in order")
    assert is_open(user) is True
    assert one(user, ui.input, "delivery.retries").value == "5 s, 1 min"
    assert one(user, Panel).props["dirty"] is False


async def test_delivery_is_stored_as_the_api_would(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    choose(user, "Retries", "own")
    write(user, "delivery.retries", "10, 1 min, 2 h")
    write(user, "delivery.timeout", "7.5 s")
    user.find(kind=ui.switch, marker="delivery.final_4xx").click()
    user.find(kind=ui.switch, marker="delivery.ordered").click()
    await user.should_see("Again after 10 s, 1 min and 2 h, 7.5 s a call, 4xx is final, in order")
    save(user)

    hook = await saved_as(user, engine, 3)
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    assert hook
    assert raw["delivery"] == {"retries": [10, 60, 7200], "timeout": 7.5, "final_4xx": True, "ordered": True}


async def test_what_is_put_back_in_delivery_is_no_change(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    user.find(kind=ui.switch, marker="delivery.ordered").click()
    choose(user, "Retries", "none")
    write(user, "delivery.timeout", "9")
    assert one(user, Panel).props["dirty"] is True

    user.find(kind=ui.switch, marker="delivery.ordered").click()
    choose(user, "Retries", "lane")
    user.find(kind=ui.input, marker="delivery.timeout").clear()
    assert one(user, Panel).props["dirty"] is False


async def test_own_pauses_start_from_the_schedule_before(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    choose(user, "Retries", "short")
    choose(user, "Retries", "own")

    assert one(user, ui.input, "delivery.retries").value == "1 s, 5 s, 30 s, 2 min"


async def test_what_is_wrong_in_delivery_stands_beside_its_field(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    choose(user, "Retries", "own")
    write(user, "delivery.retries", "5 s, soon")
    write(user, "delivery.timeout", "90")
    save(user)

    await user.should_see("“soon” is no pause.")
    await user.should_see("From 1 to 30 seconds.")
    await user.should_see("2 fields need a change")
    assert engine.hooks.get(1).version == 1

    write(user, "delivery.retries", "30 d")
    await user.should_see("Each pause is 1 to 604800 seconds (a week).")


async def test_delivery_follows_the_type(user: User, engine: Engine) -> None:
    await engine.lane_settings.save(HookType.ANALYTICS, {"timeout": 4, "retries": "short"}, actor=ADMIN)
    await opened(user, engine, 1)
    choose(user, "Type", "analytics")

    await user.should_see("As its lane: five attempts within three minutes, 4 s a call")
    assert delivery(user).props["options"][0]["label"] == "As its lane (five attempts within three minutes)"
    assert one(user, ui.input, "delivery.timeout").props["placeholder"] == "4 s, as its lane"


async def test_who_may_only_look_cannot_change_delivery(user: User, engine: Engine) -> None:
    await opened(user, engine, 1, actor=USER)

    assert delivery(user).props["disabled"] is True
    assert one(user, ui.input, "delivery.timeout").props["readonly"] is True
    assert one(user, ui.switch, "delivery.ordered").enabled is False
