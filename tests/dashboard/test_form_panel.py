"""What the form says beside the fields: back-test, doubts, cases and overlaps of the draft as it stands."""

from typing import Any

from nicegui import ui
from nicegui.testing import User

from dashboard.components.condition_editor import ConditionEditor
from dashboard.components.filter_rows import FilterRows
from dashboard.components.hook_form_insight import InsightPanel
from dashboard.components.trace import Trace
from engine import SYSTEM, Engine, Role
from engine.events import EventDraft
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

    user.find(ConditionEditor).trigger("change", "call_duration > 50 and call_duration < 80")

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
    user.find(ConditionEditor).trigger("change", "call_duration >")
    problem = await eventually(lambda: str((one(user, InsightPanel).view or {}).get("problem", "")))
    assert problem.startswith("Conditions: Column")


async def test_a_name_that_never_came_is_doubted_and_replaced(user: User, engine: Engine) -> None:
    await calls(engine, *range(30))
    condition = 'call_duration > 5 and sentimant == "sentimant" and exists(x.sentimant)'
    await opened(user, engine, await mine(engine, condition=condition))
    doubts = (await view(user, events=30))["doubts"]
    assert "`sentimant` was never seen in 30 Call Ended events; did you mean `sentiment`?" in doubts

    user.find(InsightPanel).trigger("rename", ["sentimant", "sentiment"])

    assert one(user, ConditionEditor).value == condition.replace("and sentimant ==", "and sentiment ==")


async def test_fields_complete_as_they_came(user: User, engine: Engine) -> None:
    await calls(engine, *range(30))
    await opened(user, engine, await mine(engine))

    def fields() -> dict[str, Any] | None:
        listed = {field["name"]: field for field in one(user, ConditionEditor).props["fields"]}
        return listed if "mood" in listed else None

    known = await eventually(fields)
    assert known, "the profile was not learned"
    assert (known["mood"]["note"], known["mood"]["one_of"]) == ("text · 100%", ["calm"])
    assert known["sentiment"]["one_of"][0] == "positive"
    assert "mood" in {field["name"] for field in one(user, FilterRows).props["fields"]}
    assert engine.check_condition("mood == 'calm'", "call.ended").warnings == ()


async def test_cases_say_what_the_edit_would_break_and_may_be_forgotten(user: User, engine: Engine) -> None:
    hook_id = await mine(engine)
    case = await engine.cases.keep(
        hook_id, name="A long call", role=Role.ADMIN, data={"call_duration": 70}, fires=True, actor=ADMIN
    )
    await opened(user, engine, hook_id)
    assert [(one["name"], one["holds"]) for one in (await view(user, events=0))["cases"]] == [("A long call", True)]

    user.find(ConditionEditor).trigger("change", "call_duration > 80")
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


async def test_how_many_events_can_be_chosen(user: User, engine: Engine) -> None:
    await calls(engine, *range(120))
    await opened(user, engine, await mine(engine))
    await view(user, events=120)

    user.find(InsightPanel).trigger("count", 100)
    await view(user, events=100)
    user.find(InsightPanel).trigger("count", 7)
    await view(user, events=100)
