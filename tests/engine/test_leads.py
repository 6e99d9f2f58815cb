"""/process-lead through the whole pipeline: scored, qualified, told, once; and what people change of it."""

from typing import Any

import pytest

from engine import SYSTEM, Engine, EventQuery, Role
from engine.access.permissions import Permission
from engine.errors import Conflict, InvalidHook, NotAllowed, NotFound
from engine.events.draft import EventDraft
from engine.model import Actor
from engine.model.leads import ChangeOf, Lead, LeadQuery, LeadSort, LeadStatus
from engine.ports import AuditQuery
from tests.engine.conftest import ADMIN, eventually
from tests.engine.test_internal import AGENT, ended, save
from tests.storage.conftest import forget

MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
USER = Actor(kind="user", id=3, name="uli@example.com", role=Role.USER)
GOOD_CALL = {"call_duration": 187, "sentiment": "positive"}
ZOE = {"lead_id": "L1", "first_name": "Zoë", "last_name": "Díaz", "phone_number": "+14155550132", "email": "z@x.org"}


async def post(engine: Engine, data: dict[str, Any], id: str | None = None, type: str = "call.ended") -> None:
    await engine.accept([EventDraft(type=type, data=data, id=id, occurred_at=None)], AGENT)


async def only_lead(engine: Engine) -> Lead | None:
    items = (await engine.leads.page(LeadQuery())).items
    return items[0] if len(items) == 1 else None


async def processed(engine: Engine, times: int = 1) -> Lead:
    """The one lead, once so many events were processed."""

    async def find() -> Lead | None:
        lead = await only_lead(engine)
        return lead if lead and lead.version >= times else None

    lead: Lead | None = await eventually(find)
    assert lead is not None
    return lead


async def told(engine: Engine, type: str) -> list[dict[str, Any]]:
    return [dict(one.event.data) for one in (await engine.insight.events(EventQuery(type=type))).items]


async def test_a_good_call_qualifies_its_lead_and_says_why(engine: Engine) -> None:
    hook = await save(engine, "/process-lead")
    await post(engine, ZOE | GOOD_CALL | {"budget": 12000}, "evt_1")
    lead = await processed(engine)

    assert (lead.key, lead.name, lead.status, lead.score.value) == ("lead_id:L1", "Zoë Díaz", LeadStatus.QUALIFIED, 75)
    assert [row.label for row in lead.score.rows if row.counted] == [
        "Positive call",
        "Talked for more than a minute",
        "Named a budget",
    ]
    assert lead.score.rows[0].reason == '`sentiment == "positive"` is true: "positive" == "positive"'
    (qualified,) = await told(engine, "lead.qualified")
    known = engine.catalogue.get("lead.qualified").fields
    assert set(qualified) <= set(known)
    assert qualified == ZOE | {
        "lead_score": 75,
        "lead_status": "qualified",
        "lead_category": "warm",
        "qualification_reason": "Positive call (+20), Talked for more than a minute (+15), Named a budget (+10)",
        "budget": 12000,
        "qualified_by": "agent",
    }
    (changed,) = await told(engine, "lead.score_changed")
    assert set(changed) <= set(engine.catalogue.get("lead.score_changed").fields)
    assert (changed["previous_score"], changed["lead_score"], changed["score_change"]) == (30, 75, 45)
    (moved,) = await told(engine, "lead.status_changed")
    assert set(moved) <= set(engine.catalogue.get("lead.status_changed").fields)
    assert (moved["previous_status"], moved["new_status"], moved["changed_by"]) == ("new", "qualified", "automation")
    history = await engine.leads.changes(lead.id)
    assert [change.what for change in history] == [ChangeOf.STATUS, ChangeOf.SCORE, ChangeOf.SEEN]
    execution = await ended(engine, hook)
    assert {(change.event_id, change.execution_id) for change in history} == {("evt_1", execution.id)}
    assert [one.event.id for one in (await engine.leads.events(lead.id)).items] == ["evt_1"]


async def test_what_is_known_of_a_lead_grows_with_its_events(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, {"lead_id": "L1", "sentiment": "positive", "first_name": "Zoë"}, "evt_1")
    assert (await processed(engine)).score.value == 50
    await post(engine, {"lead_id": "L1", "duration": 90, "city": "San José"}, "evt_2")
    lead = await processed(engine, 2)

    assert (lead.score.value, lead.status, lead.name) == (65, LeadStatus.QUALIFIED, "Zoë")
    assert (lead.fields["city"], lead.fields["call_duration"]) == ("San José", 90)

    await post(engine, {"lead_id": "L1", "sentiment": "negative"}, "evt_3")
    lead = await processed(engine, 3)
    assert (lead.score.value, lead.status) == (25, LeadStatus.WORKING)
    newest = (await engine.leads.changes(lead.id))[1]
    assert (newest.before, newest.after) == ("65", "25")
    assert newest.reason == "Negative call (-20); no longer: Positive call (+20)"
    assert len(await told(engine, "lead.qualified")) == 1


async def test_an_event_about_nobody_fails_its_execution_with_words(engine: Engine) -> None:
    hook = await save(engine, "/process-lead")
    await post(engine, {"call_duration": 90})
    execution = await ended(engine, hook)

    assert execution.attempts[-1].status_code == 422
    assert "none of lead_id, contact_id, phone_number" in execution.attempts[-1].response.body
    assert await only_lead(engine) is None


async def test_a_test_says_what_would_be_and_keeps_nothing(engine: Engine) -> None:
    hook = await save(engine, "/process-lead")
    result = await engine.testing.test(hook, data=ZOE | GOOD_CALL, role=Role.AGENT, send=True, actor=ADMIN)

    assert result.execution
    response = result.execution.attempts[-1].response
    assert response
    assert '"lead_score":65' in response.body
    assert '"saved":false' in response.body
    assert await only_lead(engine) is None
    assert await told(engine, "lead.qualified") == []


async def test_events_at_the_same_time_lose_nothing(engine: Engine) -> None:
    """Each brings one field; in the end all are known, and each change stands in the history once."""
    await save(engine, "/process-lead")
    drafts = [
        EventDraft(type="call.ended", data={"lead_id": "L1", f"field_{n}": n}, id=f"evt_{n}", occurred_at=None)
        for n in range(30)
    ]
    await engine.accept(drafts, AGENT)
    lead = await processed(engine, 30)

    assert {f"field_{n}" for n in range(30)} <= set(lead.fields)
    assert lead.version == 30
    assert len((await engine.leads.events(lead.id)).items) == 30


async def test_an_action_that_is_made_again_changes_nothing_more(engine: Engine) -> None:
    hook = await save(engine, "/process-lead")
    await post(engine, ZOE | GOOD_CALL, "evt_1")
    lead, execution = await processed(engine), await ended(engine, hook)
    job = await engine.executions.get(execution.id)
    made = await engine.leads.process(job.event, execution.id, execution.created_at)
    assert made

    with pytest.raises(Conflict):
        await engine._store.make((made.save, made.save), execution.created_at)
    assert (await engine.leads.get(lead.id)).version == 1


async def test_a_manager_changes_the_status_by_hand(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, ZOE, "evt_1")
    lead = await processed(engine)
    moved = await engine.leads.set_status(lead.id, LeadStatus.QUALIFIED, actor=MANAGER, reason="They called back")

    assert (moved.status, moved.status_by) == (LeadStatus.QUALIFIED, "mia@example.com")
    (event,) = await told(engine, "lead.status_changed")
    assert (event["changed_by"], event["new_status"]) == ("user", "qualified")
    (qualified,) = await told(engine, "lead.qualified")
    assert qualified["qualified_by"] == "user"
    newest = (await engine.leads.changes(lead.id))[0]
    assert (newest.by, newest.reason) == ("mia@example.com", "They called back")
    (entry,) = (await engine.audit.entries(AuditQuery(action="lead"), actor=ADMIN)).items
    assert (entry.action, entry.after) == ("lead.status_changed", {"status": "qualified"})

    await post(engine, {"lead_id": "L1", "sentiment": "negative"}, "evt_2")
    lead = await processed(engine, 3)
    assert lead.status is LeadStatus.QUALIFIED  # a person said so


async def test_a_key_changes_a_status_as_api(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, ZOE, "evt_1")
    lead = await processed(engine)
    await engine.leads.set_status(
        lead.id, LeadStatus.WON, actor=Actor(kind="key", id=1, name="crm", role=Role.MANAGER), expected=1
    )

    (event,) = await told(engine, "lead.status_changed")
    assert event["changed_by"] == "api"


async def test_what_is_refused_of_a_status(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, ZOE, "evt_1")
    lead = await processed(engine)

    with pytest.raises(NotAllowed):
        await engine.leads.set_status(lead.id, LeadStatus.WON, actor=USER)
    with pytest.raises(NotFound):
        await engine.leads.set_status(999, LeadStatus.WON, actor=MANAGER)
    with pytest.raises(Conflict):
        await engine.leads.set_status(lead.id, LeadStatus.WON, actor=MANAGER, expected=7)
    with pytest.raises(InvalidHook):
        await engine.leads.set_status(lead.id, LeadStatus.WON, actor=MANAGER, reason="x" * 501)


async def test_admins_change_the_rules_and_they_hold_from_the_next_event_on(engine: Engine) -> None:
    await save(engine, "/process-lead")
    raw = {"start": 0, "threshold": 10, "rows": [{"condition": "vip == true", "points": 40, "label": "VIP"}]}
    with pytest.raises(NotAllowed):
        await engine.leads.save_rules(raw, actor=MANAGER)
    saved = await engine.leads.save_rules(raw, actor=ADMIN, expected=0)

    assert (saved.version, saved.saved_by) == (1, "ada@example.com")
    with pytest.raises(Conflict):
        await engine.leads.save_rules(raw, actor=ADMIN, expected=0)
    await post(engine, {"contact_id": "C7", "vip": True}, "evt_1")
    lead = await processed(engine)
    assert (lead.key, lead.score.value, lead.status) == ("contact_id:C7", 40, LeadStatus.QUALIFIED)
    (entry,) = (await engine.audit.entries(AuditQuery(action="lead_rules"), actor=ADMIN)).items
    assert entry.after == raw


async def test_rules_that_are_wrong_are_refused_by_their_place(engine: Engine) -> None:
    rows = [{"condition": "a >", "points": 0, "label": ""}]
    with pytest.raises(InvalidHook) as refused:
        await engine.leads.save_rules({"start": -1, "threshold": 101, "rows": rows}, actor=ADMIN)

    assert set(refused.value.problems) == {
        "start",
        "threshold",
        "rows[0].condition",
        "rows[0].points",
        "rows[0].label",
    }


async def test_rules_are_tried_on_an_event_before_they_are_saved(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, ZOE | {"sentiment": "positive"}, "evt_1")
    await processed(engine)
    event = (await engine.insight.event("evt_1")).event
    raw = {"start": 90, "threshold": 95, "rows": [{"condition": "exists(email)", "points": 10, "label": "Has e-mail"}]}
    tried = await engine.leads.try_rules(raw, event)

    assert (tried.lead.score.value, tried.lead.status) == (100, LeadStatus.QUALIFIED)
    assert (await processed(engine)).score.value == 50
    with pytest.raises(NotFound):
        await engine.leads.try_rules(raw, event.__class__(**{**_fields(event), "data": {}}))


async def test_leads_are_found_sorted_and_paged(engine: Engine) -> None:
    await save(engine, "/process-lead")
    for n in range(7):
        good = GOOD_CALL if n % 2 else {}
        await post(engine, {"lead_id": f"L{n}", "first_name": f"Name{n}", "email": f"n{n}@x.org", **good}, f"evt_{n}")

    async def all_there() -> bool:
        return len((await engine.leads.page(LeadQuery())).items) == 7

    assert await eventually(all_there)
    for sort in LeadSort:
        walked: list[int] = []
        cursor = None
        while True:
            page = await engine.leads.page(LeadQuery(limit=2, sort=sort, cursor=cursor))
            walked += [lead.id for lead in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert sorted(walked) == sorted(set(walked))
        assert len(walked) == 7
    scores = [lead.score.value for lead in (await engine.leads.page(LeadQuery(sort=LeadSort.SCORE))).items]
    assert scores == sorted(scores, reverse=True)
    (found,) = (await engine.leads.page(LeadQuery(text="name3"))).items
    assert found.name == "Name3"
    (found,) = (await engine.leads.page(LeadQuery(text="n4@x.org"))).items
    assert found.key == "lead_id:L4"
    qualified = (await engine.leads.page(LeadQuery(status=LeadStatus.QUALIFIED))).items
    assert {lead.key for lead in qualified} == {"lead_id:L1", "lead_id:L3", "lead_id:L5"}


def _fields(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__slots__}


async def test_forgotten_events_leave_the_lead(engine: Engine) -> None:
    await save(engine, "/process-lead")
    await post(engine, ZOE, "evt_1")
    lead = await processed(engine)
    recorded = await engine.insight.event("evt_1")
    from datetime import timedelta

    later = recorded.event.received_at + timedelta(days=400)

    async def forgotten() -> bool:
        await forget(engine._store, later)
        return not (await engine.leads.events(lead.id)).items

    assert await eventually(forgotten)
    assert (await engine.leads.get(lead.id)).name == "Zoë Díaz"


def test_managers_may_what_users_may_not() -> None:
    from engine.access.permissions import may

    assert may(MANAGER, Permission.MANAGE_LEADS)
    assert not may(USER, Permission.MANAGE_LEADS)
    assert may(SYSTEM, Permission.INGEST)
