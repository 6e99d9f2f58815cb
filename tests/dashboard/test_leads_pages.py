"""The pages of leads: found, explained, moved by hand; and the rules, written and tried."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from dashboard.components.basics.combobox import Combobox
from dashboard.components.conditions.editor import ConditionEditor
from dashboard.components.leads.rules import LeadRulesEditor
from dashboard.components.leads.status import StatusChange
from dashboard.components.leads.trial import LeadTrial
from dashboard.entrance.session import COOKIE
from dashboard.pages.lead_rules import lead_rules_page
from dashboard.pages.leads import lead_page, leads_page
from engine import SYSTEM, Actor, Engine, Lead, LeadQuery, LeadStatus, Role
from engine.events.draft import EventDraft
from engine.ports import AuditQuery
from tests.dashboard.conftest import ADMIN, MANAGER, PASSWORD, USER
from tests.engine.conftest import eventually

STYLE = "/style.css"
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
HOOK = {
    "title": "Score leads",
    "trigger": "call.ended",
    "actions": [{"url": "https://internal.ai-sync.com/process-lead"}],
}
CALLS: tuple[dict[str, Any], ...] = (
    {"lead_id": "L1", "first_name": "Zoë", "last_name": "Díaz", "sentiment": "positive", "call_duration": 187},
    {"lead_id": "L2", "first_name": "Ravi", "sentiment": "negative"},
)


async def opened(user: User, engine: Engine, path: str, who: Actor = ADMIN) -> None:
    leads_page(engine, STYLE)
    lead_rules_page(engine, STYLE)
    lead_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open(path)


async def filled(engine: Engine) -> dict[str, Lead]:
    """Two leads, by name."""
    await engine.hooks.save(HOOK, actor=SYSTEM)
    drafts = [
        EventDraft(type="call.ended", data=data, id=f"evt_{n}", occurred_at=None) for n, data in enumerate(CALLS, 1)
    ]
    await engine.accept(drafts, AGENT)

    async def there() -> dict[str, Lead]:
        found = {lead.name: lead for lead in (await engine.leads.page(LeadQuery())).items}
        return found if len(found) == len(CALLS) else {}

    return await eventually(there)


def inside(user: User, kind: type[Any], within: type[Any], marker: str | None = None) -> UserInteraction[Any]:
    (outer,) = user.find(kind=within).elements
    found = {one for one in outer.descendants() if isinstance(one, kind) and (marker is None or marker in one._markers)}
    return UserInteraction(user, found, marker)


async def test_nothing_yet_says_how_to_begin(user: User, engine: Engine) -> None:
    await opened(user, engine, "/leads")

    await user.should_see("No lead has been processed yet.")
    await user.should_see("https://internal.ai-sync.com/process-lead")


async def test_leads_are_listed_and_narrowed(user: User, engine: Engine) -> None:
    await filled(engine)
    await opened(user, engine, "/leads", USER)
    await user.should_see("Zoë Díaz")
    await user.should_see("Ravi")
    await user.should_see("65")

    await user.open("/leads?status=qualified&sort=score")
    await user.should_see("Zoë Díaz")
    await user.should_not_see("Ravi")
    await user.open("/leads?q=ravi")
    await user.should_not_see("Zoë Díaz")
    await user.open("/leads?q=nobody&status=strange&sort=strange")
    await user.should_see("Nothing was found.")
    await user.open("/leads?cursor=nonsense")
    await user.should_see("Ravi")


async def test_a_lead_tells_its_score_its_history_and_its_events(user: User, engine: Engine) -> None:
    lead = (await filled(engine))["Zoë Díaz"]
    await opened(user, engine, f"/leads/{lead.id}", USER)

    await user.should_see("Positive call")
    await user.should_see("in all; it qualifies, which takes 60")
    await user.should_see("New → Qualified")
    await user.should_see("Score 30 → 65")
    await user.should_see("by its score")
    links = {element.props.get("href") for element in user.find(kind=ui.element).elements}
    assert "/events/evt_1" in links
    with pytest.raises(AssertionError):
        user.find(kind=StatusChange)


@pytest.mark.parametrize("path", ["/leads/999", "/leads/99999999999999999999999"])
async def test_a_lead_that_is_not_there(user: User, engine: Engine, path: str) -> None:
    await opened(user, engine, path)

    await user.should_see("Not found")


async def test_a_manager_changes_a_status(user: User, engine: Engine) -> None:
    lead = (await filled(engine))["Ravi"]
    await opened(user, engine, f"/leads/{lead.id}", MANAGER)
    inside(user, Combobox, StatusChange).trigger("change", "won")
    inside(user, ui.input, StatusChange, "reason").type("Signed")
    inside(user, ui.button, StatusChange).click()

    async def moved() -> bool:
        return (await engine.leads.get(lead.id)).status is LeadStatus.WON

    assert await eventually(moved)
    assert (await engine.leads.changes(lead.id))[0].reason == "Signed"


async def test_a_status_that_changed_meanwhile_is_not_overwritten(user: User, engine: Engine) -> None:
    lead = (await filled(engine))["Ravi"]
    await opened(user, engine, f"/leads/{lead.id}", MANAGER)
    await engine.leads.set_status(lead.id, LeadStatus.LOST, actor=ADMIN)
    inside(user, Combobox, StatusChange).trigger("change", "won")
    inside(user, ui.button, StatusChange).click()

    await user.should_see("Somebody else saved lead")
    assert (await engine.leads.get(lead.id)).status is LeadStatus.LOST


async def test_an_admin_writes_rules_and_sees_what_they_would_do(user: User, engine: Engine) -> None:
    await filled(engine)
    await opened(user, engine, "/leads/rules")
    await user.should_see("it does not qualify, which takes 60")
    bounds = inside(user, ui.input, LeadRulesEditor, "threshold")
    bounds.clear().type("10")
    await user.should_see("it qualifies, which takes 10")

    user.find("Add a rule").click()
    (editor,) = user.find(kind=LeadRulesEditor).elements
    row = editor._rows[-1]
    row._label.set_value("Has a name")
    row._points.set_value("+25")
    UserInteraction(user, {row._condition}, None).trigger("change", "exists(first_name)")
    await user.should_see("Has a name")
    user.find("Save").click()

    await user.should_see("The rules are saved. They hold from the next event on.")
    rules = engine.leads.rules
    assert (rules.version, rules.rules.threshold, rules.rules.rows[-1].points) == (1, 10, 25)


async def test_wrong_rules_are_told_beside_their_fields(user: User, engine: Engine) -> None:
    await opened(user, engine, "/leads/rules")
    (editor,) = user.find(kind=LeadRulesEditor).elements
    editor._rows[0]._points.set_value("many")
    UserInteraction(user, {editor._rows[1]._condition}, None).trigger("change", "a >")
    user.find("Save").click()

    await user.should_see("Some rules need a change.")
    assert engine.leads.rules.version == 0
    editor._rows[0]._points.set_value("10")
    user.find("Save").click()
    await user.should_see("Some rules need a change.")


async def test_two_who_edit_the_rules_do_not_overwrite_each_other(user: User, engine: Engine) -> None:
    await opened(user, engine, "/leads/rules")
    await engine.leads.save_rules(engine.leads.raw_rules(), actor=ADMIN)
    user.find("Save").click()

    await user.should_see("Somebody else saved the rules of leads in the meantime")
    assert engine.leads.rules.version == 1


async def test_who_may_not_change_the_rules_sees_them(user: User, engine: Engine) -> None:
    await opened(user, engine, "/leads/rules", MANAGER)

    await user.should_see("Admins may change them.")
    await user.should_see("Once events about leads have come in")
    await user.should_not_see("Add a rule")
    assert all(one.props["disabled"] for one in user.find(kind=ConditionEditor).elements)
    assert user.find(kind=LeadTrial).elements


async def test_who_may_not_see_peoples_data_sees_it_masked(user: User, engine: Engine) -> None:
    await engine.hooks.save(HOOK, actor=SYSTEM)
    data = {"phone_number": "+14155550132", "email": "zoe@example.com", "call_duration": 99}
    await engine.accept([EventDraft(type="call.ended", data=data, id="evt_1", occurred_at=None)], AGENT)

    async def there() -> Any:
        return (await engine.leads.page(LeadQuery())).items

    (lead,) = await eventually(there)
    for path in ("/leads", f"/leads/{lead.id}"):
        await opened(user, engine, path, USER)
        await user.should_see("+1•••••••32")
        await user.should_not_see("5550132")
        await user.should_not_see("zoe@")
    await opened(user, engine, "/leads/rules", USER)
    await user.should_not_see("5550132")
    await opened(user, engine, f"/leads/{lead.id}?masked=1", ADMIN)
    await user.should_not_see("5550132")
    await user.should_see("Show them")
    await user.open(f"/leads/{lead.id}")
    await user.should_see("+14155550132")
    (entry,) = (await engine.audit.entries(AuditQuery(action="sensitive.seen"), actor=ADMIN)).items
    assert entry.subject == f"lead {lead.id}"
