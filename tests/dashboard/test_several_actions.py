"""Hooks with several actions in the dashboard: each attempt names its action, and a test shows them all."""

from nicegui import ui
from nicegui.element import Element
from nicegui.testing import User

from dashboard.components.execution.http_call import HttpCall
from engine import SYSTEM, Engine
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ADMIN, ECHO
from tests.dashboard.test_pages import pages, signed_in
from tests.dashboard.test_test_dialog import opened as tested
from tests.engine.conftest import eventually

TWO = {
    "title": "Two",
    "trigger": "call.ended",
    "role": "admin",
    "actions": [{"url": ECHO}, {"url": f"{ECHO}?method={{{{ steps[0].json.method }}}}", "when": "steps[0].ok"}],
}


async def ended(user: User, engine: Engine, **changes: object) -> None:
    """The page of the execution of such a hook, once it has ended."""
    await engine.hooks.save({**TWO, **changes}, actor=ADMIN)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], SYSTEM)
    found = await eventually(lambda: [one for one in engine.feed.recent() if one.finished_at])
    pages(engine)
    await signed_in(user, engine)
    await user.open(f"/executions/{found[0].id}")


async def test_attempts_stand_under_their_actions(user: User, engine: Engine) -> None:
    await ended(user, engine)

    await user.should_see("Delivered")
    await user.should_see("Attempt 1")
    await user.should_see("Attempt 2")
    assert [fold.props["open"] for fold in folds(user)] == [False, True]


async def test_an_action_that_was_passed_over_says_why(user: User, engine: Engine) -> None:
    await ended(user, engine, actions=[{"url": ECHO}, {"url": ECHO, "when": "steps[0].status == 201"}])

    await user.should_see("Passed over")
    await user.should_see("steps[0].status == 201")
    await user.should_see("200 == 201")


async def test_what_was_not_reached_is_told(user: User, engine: Engine) -> None:
    actions = [{"url": f"{ECHO}/{{{{ gone }}}}"}, {"url": ECHO}]
    await ended(user, engine, actions=actions, delivery={"retries": "none"})

    await user.should_see("Failed")
    await user.should_see("Not reached")
    await user.should_see("What came before it failed.")


def folds(user: User) -> list[Element]:
    found = [one for one in user.find(kind=Element).elements if one.tag == "details"]
    return sorted(found, key=lambda fold: fold.id)


async def test_a_dry_run_says_what_is_known_only_after_the_call(user: User, engine: Engine) -> None:
    hook = await engine.hooks.save({**TWO, "role": "agent"}, actor=ADMIN)
    await tested(user, engine, hook.id)

    await user.should_see("Not filled in before the call:")
    await user.should_see("It runs if")
    titles = sorted(call.props["title"] for call in user.find(HttpCall).elements)
    assert titles == ["Action 1", "Action 2"]


async def test_a_test_that_is_sent_shows_how_each_action_went(user: User, engine: Engine) -> None:
    actions = [{"url": ECHO}, {"url": ECHO, "when": "not steps[0].ok"}, {"url": ECHO, "success": {"statuses": "404"}}]
    hook = await engine.hooks.save({**TWO, "role": "agent", "actions": actions}, actor=ADMIN)
    await tested(user, engine, hook.id)
    user.find(kind=ui.button, content="Send").click()

    await user.should_see("Action 3 was not delivered: rejected")
    await user.should_see("Passed over")
    assert [fold.props["open"] for fold in folds(user)] == [False, True]


async def test_a_test_whose_actions_all_pass_is_no_failure(user: User, engine: Engine) -> None:
    hook = await engine.hooks.save({**TWO, "role": "agent", "actions": [{"url": ECHO, "when": "1 > 2"}]}, actor=ADMIN)
    await tested(user, engine, hook.id)
    user.find(kind=ui.button, content="Send").click()

    await user.should_see("Nothing was to be sent")
