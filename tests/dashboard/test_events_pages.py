"""The Events pages: found by type, time and text; and what every hook said to one of them, with what would mend it."""

from nicegui.testing import User

from dashboard.components.basics.addresses import event_address
from dashboard.components.decisions.trace import Trace
from dashboard.components.execution.list import ExecutionList
from dashboard.pages.events import event_page, events_page
from engine import SYSTEM, Engine
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ADMIN, HOOKS
from tests.dashboard.test_pages import STYLE, pages, signed_in
from tests.engine.conftest import eventually


async def visit(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    pages(engine)
    events_page(engine, STYLE)
    event_page(engine, STYLE)


async def post(engine: Engine, id: str, type: str = "call.ended", **data: object) -> None:
    await engine.accept([EventDraft(type=type, data=data, id=id, occurred_at=None)], SYSTEM)


async def indexed(engine: Engine, id: str) -> bool:
    return not (await engine.insight.decisions(id)).pending


async def test_events_are_listed_and_narrowed(user: User, engine: Engine) -> None:
    await visit(user, engine)
    await user.open("/events")
    await user.should_see("No event has come in yet.")

    await post(engine, "evt_1", first_name="Zoë")
    await post(engine, "evt_2", "sms.sent", first_name="Ravi")
    await user.open("/events")
    await user.should_see("Zoë")
    await user.should_see("Ravi")

    await user.open("/events?type=sms.sent&period=hour")
    await user.should_see("Ravi")
    await user.should_not_see("Zoë")

    await user.open("/events?type=lead.generated")
    await user.should_see("Nothing was found.")


async def test_a_cursor_that_is_not_ours_begins_anew(user: User, engine: Engine) -> None:
    await visit(user, engine)
    await post(engine, "evt_1", first_name="Zoë")

    await user.open("/events?cursor=nonsense")

    await user.should_see("Zoë")


async def test_an_event_shows_what_every_hook_said_and_what_would_have_to_change(user: User, engine: Engine) -> None:
    await visit(user, engine)
    await engine.hooks.save({**HOOKS[0], "title": "All calls", "role": "admin", "filters": {}}, actor=ADMIN)
    await engine.hooks.save(
        {
            "title": "Fires",
            "trigger": "call.ended",
            "role": "admin",
            "actions": [{"url": "https://internal.ai-sync.com/echo"}],
        },
        actor=ADMIN,
    )
    await post(engine, "a/b?c", call_duration=45, sentiment="positive")
    assert await eventually(lambda: indexed(engine, "a/b?c"))

    await user.open(event_address("a/b?c"))

    await user.should_see("1 of 3 hooks fired.")
    await user.should_see("Stopped by its role")
    await user.should_see("Stopped by its condition")
    await user.should_see("would have to come from Agent; it came from Admin.")
    await user.should_see("call_duration > 60")
    await user.should_see("found 45, 15 away.")
    await user.should_see("Its execution")
    assert len(user.find(kind=Trace).elements) == 3


async def test_an_event_that_there_is_not_is_said_to_be_none(user: User, engine: Engine) -> None:
    await visit(user, engine)

    await user.open("/events/nosuch")

    await user.should_see("There is no event nosuch.")


async def test_executions_are_found_by_the_text_of_their_events(user: User, engine: Engine) -> None:
    await visit(user, engine)
    for id, name in (("evt_1", "Zoë"), ("evt_2", "Ravi")):
        await post(engine, id, "sms.sent", first_name=name)
    await engine.hooks.save(
        {**HOOKS[2], "title": "Mine", "trigger": "sms.sent", "role": "admin", "shadow": True}, actor=ADMIN
    )
    for id, name in (("evt_3", "Zoë"), ("evt_4", "Ravi")):
        await post(engine, id, "sms.sent", first_name=name)
        assert await eventually(lambda id=id: indexed(engine, id))

    async def found(words: str) -> list[str]:
        await user.open(f"/executions?q={words}")
        (table,) = user.find(kind=ExecutionList).elements
        return [row["about"] for row in table.props["initial"]["rows"]]

    async def is_found() -> bool:
        return await found("zoe") == ["Zoë"]

    assert await eventually(is_found)
    assert await found("nobody") == []
