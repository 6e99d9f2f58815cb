"""What the form says beside the fields: back-test, doubts, cases and overlaps of the draft as it stands."""

import asyncio
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from dashboard.components.conditions.editor import ConditionEditor, fields_of
from dashboard.components.conditions.filter_rows import FilterRows
from dashboard.components.decisions.trace import Trace
from dashboard.components.hook_form.insight import InsightPanel
from engine import SYSTEM, Engine, Json, NotFound, Recorded, Role
from engine.events.draft import EventDraft
from engine.history.backtest import BackTest
from engine.history.field_profile import profile_of
from tests.dashboard.conftest import ADMIN, ECHO, USER
from tests.dashboard.test_hook_form import one, opened
from tests.engine.conftest import eventually

MINE = {
    "title": "Mine",
    "trigger": "call.ended",
    "role": "admin",
    "condition": "call_duration > 60",
    "actions": [{"url": ECHO}],
}


async def calls(engine: Engine, *durations: int) -> None:
    data = [{"call_duration": n, "sentiment": "positive", "first_name": f"Zoë {n}", "mood": "calm"} for n in durations]
    await engine.accept(
        [EventDraft(type="call.ended", data=one, id=f"evt_{n}", occurred_at=None) for n, one in enumerate(data)],
        SYSTEM,
    )


async def mine(engine: Engine, **changes: object) -> int:
    return (await engine.hooks.save({**MINE, **changes}, actor=ADMIN)).id


async def view(user: User, **wanted: object) -> dict[str, Any]:
    """The newest view, once it says what is wanted."""
    panel = one(user, InsightPanel)

    def newest() -> dict[str, Any] | None:
        last = panel.view
        return last if last and all(last.get(name) == value for name, value in wanted.items()) else None

    found = await eventually(newest)
    assert found, panel.view
    return found


async def test_it_follows_what_one_types(user: User, engine: Engine) -> None:
    await calls(engine, 30, 58, 70, 90)
    await opened(user, engine, await mine(engine))
    first = await view(user, fires=2)
    assert (first["events"], first["before"], first["gained"]["count"], first["lost"]["count"]) == (4, 2, 0, 0)
    assert [(row["about"], row["found"], row["away"]) for row in first["near"]["rows"]] == [
        ("Zoë 58", "found 58", "2"),
        ("Zoë 30", "found 30", "30"),
    ]

    user.find(kind=ConditionEditor, marker="condition").trigger("change", "call_duration > 50 and call_duration < 80")

    assert await eventually(lambda: one(user, InsightPanel).view["gained"]["count"] == 1)
    edited = await view(user, fires=2, before=2)
    assert [row["id"] for row in edited["gained"]["rows"]] == ["evt_1"]
    assert [row["id"] for row in edited["lost"]["rows"]] == ["evt_3"]


async def test_a_new_hook_needs_no_title_and_no_address_to_be_held_against_events(user: User, engine: Engine) -> None:
    await calls(engine, 30, 70)
    await opened(user, engine, template={"trigger": "call.ended", "role": "admin", "condition": "call_duration > 60"})

    assert (await view(user, fires=1))["before"] is None


async def test_what_cannot_be_decided_is_said_and_names_its_place(user: User, engine: Engine) -> None:
    await opened(user, engine)
    await view(user, problem="Trigger When: Choose the event that starts this hook.")

    await opened(user, engine, await mine(engine))
    user.find(kind=ConditionEditor, marker="condition").trigger("change", "call_duration >")
    problem = await eventually(lambda: str((one(user, InsightPanel).view or {}).get("problem", "")))
    assert problem.startswith("Conditions: Column")


async def test_a_name_that_never_came_is_doubted_and_replaced(user: User, engine: Engine) -> None:
    await calls(engine, *range(30))
    condition = 'call_duration > 5 and sentimant == "sentimant" and exists(x.sentimant)'
    await opened(user, engine, await mine(engine, condition=condition))
    doubts = (await view(user, events=30))["doubts"]
    text = "`sentimant` was never seen in 30 Call Ended events; did you mean `sentiment`?"
    assert {"text": text, "rename": ("sentimant", "sentiment")} in doubts

    user.find(InsightPanel).trigger("rename", ["sentimant", "sentiment"])

    assert one(user, ConditionEditor, "condition").value == condition.replace("and sentimant ==", "and sentiment ==")


async def test_fields_complete_as_they_came(user: User, engine: Engine) -> None:
    await calls(engine, *range(30))
    await opened(user, engine, await mine(engine))

    def fields() -> dict[str, Any] | None:
        listed = {field["name"]: field for field in one(user, ConditionEditor, "condition").props["fields"]}
        return listed if "mood" in listed else None

    known = await eventually(fields)
    assert known, "the profile was not learned"
    assert (known["mood"]["note"], known["mood"]["one_of"]) == ("text · 100%", ["calm"])
    assert known["sentiment"]["one_of"][0] == "positive"
    assert "mood" in {field["name"] for field in one(user, FilterRows).props["fields"]}
    assert engine.drafts.check_condition("mood == 'calm'", "call.ended").warnings == ()


async def test_cases_say_what_the_edit_would_break_and_may_be_forgotten(user: User, engine: Engine) -> None:
    hook_id = await mine(engine)
    case = await engine.cases.keep(
        hook_id, name="A long call", role=Role.ADMIN, data={"call_duration": 70}, fires=True, actor=ADMIN
    )
    await opened(user, engine, hook_id)
    assert [(one["name"], one["holds"]) for one in (await view(user, events=0))["cases"]] == [("A long call", True)]

    user.find(kind=ConditionEditor, marker="condition").trigger("change", "call_duration > 80")
    assert await eventually(lambda: not one(user, InsightPanel).view["cases"][0]["holds"])

    user.find(InsightPanel).trigger("forget", case.id)
    await view(user, cases=[])
    assert await engine.cases.of(hook_id) == []


async def test_who_may_not_change_hooks_forgets_no_case(user: User, engine: Engine) -> None:
    hook_id = await mine(engine)
    case = await engine.cases.keep(hook_id, name="One", role=Role.ADMIN, data={}, fires=False, actor=ADMIN)
    await opened(user, engine, hook_id, actor=USER)

    user.find(InsightPanel).trigger("forget", case.id)

    await user.should_see("may not do this")
    assert len(await engine.cases.of(hook_id)) == 1


async def test_others_that_call_the_same_address_are_told(user: User, engine: Engine) -> None:
    await calls(engine, 30, 70, 90)
    other = await mine(engine, title="Other", condition="call_duration > 80")
    await opened(user, engine, await mine(engine, key="mine-2"))

    overlaps = (await view(user, fires=2))["overlaps"]

    assert [(one["title"], one["share"]) for one in overlaps] == [("Lead Qualification", 0), ("Other", 50)]
    assert overlaps[1]["id"] == other


async def test_each_event_is_a_click_away_from_its_explanation(user: User, engine: Engine) -> None:
    await calls(engine, 58)
    await opened(user, engine, await mine(engine))
    await view(user, events=1)

    user.find(InsightPanel).trigger("why", "evt_0")

    await user.should_see("Would not fire")
    await user.should_see("found 58, 2 away.")
    assert user.find(Trace).elements
    (link,) = [element for element in user.find("Its page").elements if element.props.get("href")]
    assert link.props["href"] == "/events/evt_0"
    user.find(kind=ui.button, content="Close")


async def test_all_that_is_listed_can_be_shown(user: User, engine: Engine) -> None:
    await calls(engine, *range(61))
    await opened(user, engine, await mine(engine))
    assert len((await view(user, events=61))["near"]["rows"]) == 5

    user.find(InsightPanel).trigger("more")

    assert await eventually(lambda: len(one(user, InsightPanel).view["near"]["rows"]) == 61)


async def test_how_many_events_can_be_chosen(user: User, engine: Engine) -> None:
    await calls(engine, *range(120))
    await opened(user, engine, await mine(engine))
    await view(user, events=120)

    user.find(InsightPanel).trigger("count", 100)
    await view(user, events=100)
    user.find(InsightPanel).trigger("count", 7)
    await view(user, events=100)


async def test_a_newer_edit_overtakes_an_answer_that_takes_long(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await calls(engine, *range(120))
    await opened(user, engine, await mine(engine))
    await view(user, events=120)
    real, asked, over = engine.insight.backtest, asyncio.Event(), asyncio.Event()

    async def slow(raw: dict[str, Json], events: int, **looking: Any) -> BackTest:
        if events == 50_000:
            asked.set()
            await over.wait()
        return await real(raw, events, **looking)

    monkeypatch.setattr(engine.insight, "backtest", slow)
    user.find(InsightPanel).trigger("count", 50_000)
    await asyncio.wait_for(asked.wait(), 10)

    user.find(InsightPanel).trigger("count", 100)
    await view(user, events=100)

    over.set()


async def test_it_goes_on_after_an_error_that_nobody_foresaw(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await calls(engine, 30, 70)
    await opened(user, engine, await mine(engine))
    await view(user, fires=1)

    async def broken(raw: dict[str, Json], events: int, **_: Any) -> BackTest:
        raise RuntimeError("unforeseen")

    with monkeypatch.context() as patched:
        patched.setattr(engine.insight, "backtest", broken)
        user.find(kind=ConditionEditor, marker="condition").trigger("change", "call_duration > 61")
        assert await eventually(lambda: "unforeseen" in caplog.text)
    caplog.clear()

    user.find(kind=ConditionEditor, marker="condition").trigger("change", "call_duration > 20")
    await view(user, fires=2)


async def test_an_event_that_was_taken_away_meanwhile_is_not_listed(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await calls(engine, 30, 58, 70)
    real = engine.insight.event

    async def without_the_nearest(event_id: str) -> Recorded:
        if event_id == "evt_1":
            raise NotFound("event", event_id)
        return await real(event_id)

    monkeypatch.setattr(engine.insight, "event", without_the_nearest)
    await opened(user, engine, await mine(engine))

    near = (await view(user, fires=1))["near"]
    assert near["count"] == 2
    assert [(row["about"], row["away"], row["href"]) for row in near["rows"]] == [("Zoë 30", "30", "/events/evt_0")]


async def test_a_name_is_replaced_in_the_filters_too(user: User, engine: Engine) -> None:
    await calls(engine, *range(30))
    row = {"operator": "is", "value": "positive", "case_sensitive": False}
    rows = [{**row, "field": "sentimant"}, {**row, "field": "mood"}]
    await opened(user, engine, await mine(engine, condition="", filters={"match": "any", "rows": rows}))
    doubts = (await view(user, fires=0))["doubts"]
    text = "`sentimant` was never seen in 30 Call Ended events; did you mean `sentiment`?"
    assert {"text": text, "rename": ("sentimant", "sentiment")} in doubts

    user.find(InsightPanel).trigger("rename", ["sentimant", "sentiment"])

    assert one(user, FilterRows).value == {"match": "any", "rows": [{**rows[0], "field": "sentiment"}, rows[1]]}
    await view(user, fires=30)


async def test_a_draft_without_an_address_calls_the_same_as_nobody(user: User, engine: Engine) -> None:
    await mine(engine, actions=[{"url": "https://example.com/"}])
    await calls(engine, 70)
    await opened(user, engine, template={"trigger": "call.ended", "role": "admin"})

    assert (await view(user, fires=1))["overlaps"] == []


def test_values_complete_where_they_come_again_and_numbers_as_well() -> None:
    data = [
        {"list_id": n % 3, "campaign": "spring" if n < 5 else f"c{n}", "name": f"n{n}", "on": True} for n in range(80)
    ]
    fields = {field["name"]: field["one_of"] for field in fields_of(None, profile_of("call.ended", data))}

    assert fields == {"list_id": [0, 1, 2], "campaign": ["spring"], "name": [], "on": []}


def test_a_field_is_offered_as_an_expression_and_a_filter_can_read_it() -> None:
    data = [{"from": 1, "First Name": 2, "event": 3, "score.all": 4, "lead": {"first name": 5, "id": 6}, "plain": 7}]
    fields = fields_of(None, profile_of("call.ended", data))

    assert {field["name"]: (field["written"], field["attribute"]) for field in fields} == {
        "from": ('data["from"]', "from"),
        "First Name": ('data["First Name"]', "First Name"),
        "event": ('data["event"]', 'data["event"]'),
        "score.all": ('data["score.all"]', "score.all"),
        "lead": ("lead", "lead"),
        "lead.first name": ('lead["first name"]', "lead.first name"),
        "lead.id": ("lead.id", "lead.id"),
        "plain": ("plain", "plain"),
    }
