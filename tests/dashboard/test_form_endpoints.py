"""The field of an address offers the endpoints inside the process, and says what each takes."""

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from engine import Engine
from tests.dashboard.test_hook_form import one, opened, write

INSIDE = "https://internal.ai-sync.com"


async def test_the_endpoints_are_offered_with_what_they_do(user: User, engine: Engine) -> None:
    await opened(user, engine)

    box = one(user, ui.input, "actions[0].url")
    with user:
        offered = [element for element in ui.context.client.elements.values() if element.tag == "datalist"]
    options = {option.props["value"]: option.props["label"] for option in offered[0].default_slot.children}
    assert box.props["list"] == offered[0].props["id"]
    assert f"{INSIDE}/emit" in options
    assert "every open view" in options[f"{INSIDE}/notify"]


async def test_one_that_is_written_is_described(user: User, engine: Engine) -> None:
    await opened(user, engine)

    write(user, "actions[0].url", f"{INSIDE}/emit?type=lead.qualified")

    await user.should_see("Makes another event")
    await user.should_see("Parameters, in the query or the body: type (required), data, only.")


async def test_one_that_there_is_not_is_told_while_one_types(user: User, engine: Engine) -> None:
    await opened(user, engine)

    write(user, "actions[0].url", f"{INSIDE}/notfy")
    await user.should_see("No internal endpoint is at /notfy. Did you mean /notify?")

    write(user, "actions[0].url", "http://[")
    await user.should_not_see("No internal endpoint")


async def test_one_is_taken_from_the_list_with_a_place_for_what_it_requires(user: User, engine: Engine) -> None:
    await opened(user, engine)
    user.find("Inside").click()
    await user.should_see("string, optional: everyone, admin, manager, user. Who is told")

    (take,) = [b for b in user.find(kind=ui.button).elements if b.props.get("aria-label") == "Take /notify"]
    UserInteraction(user, {take}, None).click()

    assert one(user, ui.input, "actions[0].url").value == f"{INSIDE}/notify?title="
    await user.should_see("title (required), text, tone")
