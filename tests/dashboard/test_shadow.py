"""Shadow: chosen in the form, promoted in the table, and told apart wherever executions are shown."""

from typing import Any

from nicegui.testing import User

from dashboard.components.basics.choice import Choice
from dashboard.components.execution.http_call import HttpCall
from dashboard.components.hook_form.draft import Draft
from dashboard.components.hook_form.sections import status_of
from dashboard.components.hook_table.query import HookQuery
from dashboard.components.hook_table.table import HookTable
from engine import Engine, Execution, Status
from engine.events.draft import EventDraft
from tests.dashboard.conftest import ADMIN, HOOKS
from tests.dashboard.test_hook_form import opened
from tests.dashboard.test_pages import pages, signed_in
from tests.engine.conftest import eventually


async def in_shadow(engine: Engine) -> int:
    hook = await engine.hooks.save(
        {**HOOKS[2], "title": "In shadow", "role": "admin", "shadow": True, "trigger": "call.ended"}, actor=ADMIN
    )
    return hook.id


async def shadowed(engine: Engine) -> Execution:
    await in_shadow(engine)
    await engine.accept([EventDraft(type="call.ended", data={"a": 1}, id=None, occurred_at=None)], ADMIN)
    return (await eventually(engine.feed.recent))[0]


def status(user: User) -> Choice:
    return next(one for one in user.find(Choice).elements if one.props["label"] == "Status")


def row(table: HookTable, title: str) -> dict[str, Any]:
    return next(row for row in table.props["initial"]["rows"] if row["title"] == title)


async def test_the_form_has_one_choice_of_status(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    assert status(user).value == "enabled"
    await user.should_see("it sends nothing")

    user.find(Choice).trigger("change", "shadow")
    await user.should_see("(in shadow: nothing is sent)")
    user.find("Save").click()
    await user.should_see("is saved")

    definition = engine.hooks.get(1).definition
    assert (definition.enabled, definition.shadow) == (True, True)


def test_a_status_is_read_from_what_is_written() -> None:
    drafts = [
        Draft({"enabled": enabled, "shadow": shadow}).raw for enabled in (True, False) for shadow in (True, False)
    ]

    assert [status_of(raw) for raw in drafts] == ["shadow", "enabled", "disabled", "disabled"]


async def test_the_table_promotes_a_hook_in_shadow(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    hook_id = await in_shadow(engine)
    pages(engine)
    await user.open("/")
    (table,) = user.find(HookTable).elements
    shown = row(table, "In shadow")
    assert (shown["enabled"], shown["shadow"]) == (True, True)
    assert "(in shadow: nothing is sent)" in shown["rule"]

    user.find(HookTable).trigger("act", {"name": "promote", "id": hook_id})
    await user.should_see("“In shadow” is out of shadow: it sends from now on.")

    assert engine.hooks.get(hook_id).definition.shadow is False


async def test_the_table_says_every_hook_in_a_sentence(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    pages(engine)
    await user.open("/")
    (table,) = user.find(HookTable).elements

    assert row(table, "Follow-up Scheduler")["rule"].startswith(
        "When a lead's score changes and lead_score is at least 80, PUT to app.hookk.com/webhook."
    )
    assert table.props["initial"]["query"]["status"] == HookQuery().status


async def test_an_execution_in_shadow_shows_what_it_would_have_sent(user: User, engine: Engine) -> None:
    await signed_in(user, engine)
    execution = await shadowed(engine)
    assert execution.status is Status.SHADOWED
    pages(engine)

    await user.open(f"/executions/{execution.id}")
    await user.should_see("Would have sent")
    await user.should_see("it decided, and nothing was sent")
    await user.should_see("Shadow")
    await user.should_not_see("Replay")
    await user.should_not_see("Attempts")

    (call,) = user.find(HttpCall).elements
    assert (call.props["title"], call.props["line"]) == ("Request", "https://api.yourcrm.com/webhook/leads")
