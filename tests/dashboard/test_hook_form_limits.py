"""The form's limits, and what the pages say of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from nicegui import ui
from nicegui.testing import User

from dashboard.components.decisions.verdict import Verdict
from dashboard.components.hook_form.insight import InsightPanel
from dashboard.components.hook_form.panel import Panel
from dashboard.components.hook_table.query import HookQuery
from dashboard.components.hook_table.table import HookTable
from dashboard.components.test_dialog.dialog import TestDialog
from dashboard.components.times.hours_field import HoursField
from dashboard.components.times.moment_field import MomentField
from dashboard.live import row_of
from dashboard.pages.events import event_page
from dashboard.pages.execution import execution_page
from engine import Engine, ExecutionQuery, Sight, Status
from engine.events.draft import EventDraft
from engine.model import Actor, Role
from tests.dashboard.conftest import ADMIN, ECHO, USER
from tests.dashboard.test_hook_form import closed, is_open, one, opened, save, write
from tests.dashboard.test_pages import signed_in
from tests.engine.conftest import eventually
from tests.unit.samples import event

PHONE = "+15550123456"
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
OFFICE = {"days": ["mon", "tue"], "opens": "08:00", "closes": "12:00", "zone": "Europe/Berlin", "contact_zone": True}


def tell(user: User, kind: type[Any], value: Any) -> None:
    """As the browser would."""
    user.find(kind=kind).trigger("change", value)


async def test_limits_are_folded_while_there_are_none(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)

    await user.should_see("None: it runs whenever it fires.")
    assert is_open(user, "Limits") is False
    await user.should_not_see(kind=HoursField)


async def test_each_limit_says_what_it_comes_to_and_is_stored(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    write(user, "limits.cooldown_minutes", "10")
    user.find(kind=ui.switch, marker="limits.per_entity").click()
    write(user, "limits.max_per_hour", "20")
    user.find(kind=ui.switch, marker="limits.hours").click()
    tell(user, HoursField, OFFICE)
    tell(user, MomentField, "2099-12-31T17:00:00.000Z")

    for sentence in (
        "At most once per 10 minutes for the same lead, call or contact.",
        "At most 20 times an hour.",
        "Only Mon, Tue, 08:00–12:00 (the contact's own time zone, else Europe/Berlin); what fires outside waits",
        "Until 2099-12-31 at 17:00 UTC.",
    ):
        await user.should_see(sentence)
    save(user)
    await closed(user)

    limits = engine.hooks.raw(engine.hooks.get(1).definition)["limits"]
    assert limits == {
        "cooldown_minutes": 10,
        "per_entity": True,
        "max_per_hour": 20,
        "hours": OFFICE,
        "expires_at": "2099-12-31T17:00:00Z",
    }


async def test_limits_that_are_set_are_open_and_taken_away_by_emptying(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    await engine.hooks.save(raw | {"limits": {"cooldown_minutes": 90, "hours": OFFICE}}, actor=ADMIN, hook_id=1)
    await opened(user, engine, 1)

    assert is_open(user, "Limits") is True
    assert one(user, ui.input, "limits.cooldown_minutes").value == "90"
    assert one(user, HoursField).props["initial"] == OFFICE
    assert one(user, Panel).props["dirty"] is False
    write(user, "limits.cooldown_minutes", "")
    user.find(kind=ui.switch, marker="limits.hours").click()
    save(user)
    await closed(user)
    assert "limits" not in engine.hooks.raw(engine.hooks.get(1).definition)


async def test_what_is_wrong_stands_beside_its_field(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    write(user, "limits.cooldown_minutes", "soon")
    save(user)
    await user.should_see("This is a number.")
    write(user, "limits.cooldown_minutes", "0")
    write(user, "limits.max_per_hour", "0")
    user.find(kind=ui.switch, marker="limits.hours").click()
    tell(user, HoursField, {**OFFICE, "days": [], "zone": "Europe/Berln"})

    await user.should_see("From 1 second (0.0167) to 30 days (43200), in minutes.")
    await user.should_see("From 1 to 100000.")
    await user.should_see('Choose at least one day. No time zone is called "Europe/Berln". Did you mean Europe/Berlin?')
    assert one(user, HoursField).props["wrong"] == ["days", "zone"]
    assert engine.hooks.get(1).version == 1


async def test_an_end_that_has_passed_is_warned_of(user: User, engine: Engine) -> None:
    await opened(user, engine, 1)
    tell(user, MomentField, "2025-01-01T00:00:00.000Z")
    await user.should_see("This has passed: the hook does not fire.")


async def test_who_may_only_look_changes_nothing(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    await engine.hooks.save(raw | {"limits": {"hours": OFFICE}}, actor=ADMIN, hook_id=1)
    await opened(user, engine, 1, actor=USER)

    assert one(user, HoursField).props["disabled"] is True
    assert one(user, MomentField).props["disabled"] is True
    assert one(user, ui.switch, "limits.hours").enabled is False


async def test_a_limit_that_cannot_be_saved_does_not_keep_the_panel_from_its_figures(
    user: User, engine: Engine
) -> None:
    await opened(user, engine, 1)
    write(user, "limits.max_per_hour", "many")
    panel = one(user, InsightPanel)
    assert await eventually(lambda: panel.view.get("problem") == "" and panel.view["skipped"] == 0)


async def test_the_table_marks_hooks_that_have_limits(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    await engine.hooks.save(
        raw | {"limits": {"max_per_hour": 1, "expires_at": "2025-01-01T00:00:00Z"}}, actor=ADMIN, hook_id=1
    )

    async def act(*_: Any) -> None: ...

    @ui.page("/table")
    def page() -> None:
        HookTable(engine, HookQuery(), {}, Sight(), manage=True, act=act)

    await user.open("/table")
    rows = one(user, HookTable).props["initial"]["rows"]
    assert [row["limits"] for row in rows] == ["At most once an hour. Until 2025-01-01 at 00:00 UTC.", "", ""]
    assert [row["expired"] for row in rows] == [True, False, False]
    assert rows[0]["rule"].endswith("Listens to agents. At most once an hour. Until 2025-01-01 at 00:00 UTC.")


async def test_the_feed_and_the_pages_say_why_it_was_held_or_skipped(user: User, engine: Engine) -> None:
    hook = await engine.hooks.save(
        {
            "title": "Night calls",
            "trigger": "call.started",
            "actions": [{"url": ECHO}],
            "limits": {"cooldown_minutes": 60, "per_entity": True, "hours": _closed_now()},
        },
        actor=ADMIN,
    )
    drafts = [EventDraft(type="call.started", data={"phone_number": PHONE}, id=None, occurred_at=None)] * 2
    await engine.accept(drafts, AGENT)
    query = ExecutionQuery(hook_id=hook.id)
    assert await eventually(lambda: _count(engine, query, 2))
    skipped, held = (await engine.executions.page(query)).items
    assert (held.status, skipped.status) == (Status.HELD, Status.SKIPPED)

    seen, hidden = Sight(), Sight(frozenset({"phone_number"}))

    rows = [row_of(one, engine.catalogue, seen) for one in (held, skipped)]

    assert [row["reason"] for row in rows] == [held.reason, skipped.reason]
    assert held.reason.startswith("Held until ")
    assert f" is held for {PHONE} already" in skipped.reason
    assert " is held for +1•••••••56 already" in row_of(skipped, engine.catalogue, hidden)["reason"]
    assert PHONE not in hidden.execution(skipped, event({"phone_number": PHONE})).reason
    for page in (execution_page, event_page):
        page(engine, "")
    await signed_in(user, engine)
    await user.open(f"/executions/{held.id}")
    await user.should_see("Send now")
    await user.should_see("Nothing was sent yet: it waits for the hook's active hours.")
    await user.open(f"/executions/{skipped.id}")
    await user.should_see("Why it did not run")
    await user.should_see(skipped.reason)
    await user.open(f"/events/{skipped.event_id}")
    await user.should_see("Stopped by its limits")


async def test_the_test_dialog_says_what_the_limits_say_and_sends_all_the_same(user: User, engine: Engine) -> None:
    raw = engine.hooks.raw(engine.hooks.get(1).definition)
    await engine.hooks.save(raw | {"limits": {"cooldown_minutes": 60}}, actor=ADMIN, hook_id=1)
    sample = engine.catalogue.get("call.ended").sample
    await engine.accept([EventDraft(type="call.ended", data=sample, id=None, occurred_at=None)], AGENT)
    assert await eventually(lambda: _count(engine, ExecutionQuery(hook_id=1, status=Status.SUCCEEDED), 1))

    @ui.page("/")
    def page() -> None:
        dialog = TestDialog(engine, ADMIN)
        ui.button("Open", on_click=lambda: dialog.open(1))

    await user.open("/")
    user.find("Open").click()
    await user.should_see(kind=Verdict, content="Would not fire: cooldown: ran ")
    user.find(kind=ui.button, content="Send").click()

    await user.should_see(kind=Verdict, content="Delivered: the receiver answered 200")


async def _count(engine: Engine, query: ExecutionQuery, count: int) -> bool:
    return len((await engine.executions.page(query)).items) == count


def _closed_now() -> dict[str, Any]:
    """An hour of a day that is neither this one nor the next."""
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    return {"days": [day], "opens": "12:00", "closes": "13:00"}
