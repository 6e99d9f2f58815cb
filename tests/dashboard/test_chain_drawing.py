"""The chain on the page of an execution, by a simulated user: what it shows, and that it follows what happens."""

from nicegui import ui
from nicegui.testing import User

from dashboard.components.basics.addresses import event_address
from dashboard.pages.events import event_page
from dashboard.pages.execution import execution_page
from engine import SYSTEM, Engine
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ECHO
from tests.dashboard.test_pages import STYLE, signed_in
from tests.engine.conftest import eventually

EMIT = "https://internal.ai-sync.com/emit?type=task.created"


async def save(engine: Engine, title: str, trigger: str, role: str, url: str) -> None:
    raw = {"title": title, "trigger": trigger, "role": role, "actions": [{"url": url}]}
    await engine.hooks.save(raw, actor=SYSTEM)


async def drawn(user: User) -> list[str]:
    """The boxes in their order, as a reader hears them."""
    with user:
        boxes = [one for one in ui.context.client.elements.values() if "th-chain-box" in one.classes]
        return [" ".join(part.text for part in box.default_slot.children) for box in boxes]  # type: ignore[attr-defined]


async def test_the_chain_is_drawn_from_its_root_with_links(user: User, engine: Engine) -> None:
    await save(engine, "Start", "lead.qualified", "admin", EMIT)
    await save(engine, "<b>End</b>", "task.created", "system", ECHO)
    await signed_in(user, engine)
    execution_page(engine, STYLE)
    await engine.accept([EventDraft(type="lead.qualified", data={}, id="evt/1", occurred_at=None)], SYSTEM)
    ended = await eventually(
        lambda: [one for one in engine.feed.recent() if one.finished_at and "End" in one.hook_title]
    )

    await user.open(f"/executions/{ended[0].id}")
    await user.should_see("Hook, this one")

    assert await drawn(user) == [
        "Event Lead Qualified",
        "Hook Start Delivered",
        "Event Task Created",
        "Hook, this one <b>End</b> Delivered",
    ]
    with user:
        links = [one.props["href"] for one in ui.context.client.elements.values() if "th-chain-box" in one.classes]
    assert links[0] == "/events/evt%2F1"
    assert links[3] == f"/executions/{ended[0].id}"


async def test_it_follows_what_comes_of_it_and_the_event_leads_back(user: User, engine: Engine) -> None:
    await save(engine, "Start", "lead.qualified", "admin", EMIT)
    await save(engine, "End", "task.created", "system", ECHO)
    await signed_in(user, engine)
    execution_page(engine, STYLE)
    event_page(engine, STYLE)
    await engine.accept([EventDraft(type="lead.qualified", data={}, id=None, occurred_at=None)], SYSTEM)
    (end,) = await eventually(
        lambda: [one for one in engine.feed.recent() if one.finished_at and one.hook_title == "End"]
    )
    chain = (await engine.executions.chain(end.id)).root
    await user.open(f"/executions/{chain.runs[0].execution.id}")
    assert len(await drawn(user)) == 4

    await engine.replays.run_again(end.id, actor=SYSTEM)

    async def two() -> bool:
        return len([box for box in await drawn(user) if "End" in box]) == 2

    assert await eventually(two)
    await user.open(event_address(end.event_id))
    (back,) = user.find("A hook's action").elements
    assert back.props["href"] == f"/executions/{chain.runs[0].execution.id}"
