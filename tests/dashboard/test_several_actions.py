"""Hooks with several actions in the dashboard: each attempt names its action, and a test shows them all."""

from nicegui.testing import User

from engine import SYSTEM, Engine
from engine.events import EventDraft
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


async def test_an_execution_names_the_action_of_each_attempt(user: User, engine: Engine) -> None:
    await engine.hooks.save(TWO, actor=ADMIN)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], SYSTEM)
    ended = await eventually(lambda: [one for one in engine.feed.recent() if one.finished_at])
    pages(engine)
    await signed_in(user, engine)

    await user.open(f"/executions/{ended[0].id}")

    await user.should_see("Attempt 1 · action 1")
    await user.should_see("Attempt 2 · action 2")


async def test_a_dry_run_says_what_is_known_only_after_the_call(user: User, engine: Engine) -> None:
    hook = await engine.hooks.save({**TWO, "role": "agent"}, actor=ADMIN)
    await tested(user, engine, hook.id)

    await user.should_see("Not filled in before the call:")
