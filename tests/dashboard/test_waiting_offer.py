"""After an edit, what waits with the old version is offered to be sent by the new one."""

from nicegui import ui
from nicegui.testing import User

from dashboard.components.hook_form.form import HookForm
from engine import Engine, ExecutionQuery, Status
from engine.events.draft import EventDraft
from engine.model import Actor, Role
from tests.dashboard.conftest import ADMIN
from tests.engine.conftest import eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
BROKEN = "http://127.0.0.1:9/"


async def edit(user: User, engine: Engine, hook_id: int) -> None:
    """Gives the hook another title, by its form."""

    @ui.page("/")
    def page() -> None:
        form = HookForm(engine, ADMIN)
        ui.button("Open", on_click=lambda: form.open(hook_id))

    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=ui.input, marker="title")
    user.find(kind=ui.input, marker="title").clear().type("Witness again")
    user.find(kind=ui.button, content="Save").click()
    await user.should_see("“Witness again” is saved.")


async def waiting_hook(engine: Engine) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": BROKEN}], "delivery": {"retries": [600]}}
    hook = await engine.hooks.save(raw, actor=ADMIN)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)] * 2, AGENT)

    async def all_wait() -> bool:
        items = (await engine.executions.page(ExecutionQuery())).items
        return len(items) >= 2 and all(item.status is Status.RETRYING for item in items)

    assert await eventually(all_wait)
    return hook.id


async def test_what_waits_is_sent_by_the_new_version_after_a_click(user: User, engine: Engine) -> None:
    hook_id = await waiting_hook(engine)
    await edit(user, engine, hook_id)

    await user.should_see("2 executions wait with the old version")
    user.find(kind=ui.button, content="Send them by the new one").click()

    await user.should_see("2 executions wait with the new version.")
    items = (await engine.executions.page(ExecutionQuery())).items
    assert {item.hook_version for item in items} == {2}


async def test_where_nothing_waits_nothing_is_asked(user: User, engine: Engine) -> None:
    hook_id = (
        await engine.hooks.save({"title": "W", "trigger": "call.ended", "actions": [{"url": BROKEN}]}, actor=ADMIN)
    ).id
    await edit(user, engine, hook_id)

    await user.should_not_see("with the old version")
