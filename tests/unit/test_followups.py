"""Tasks are read with every problem beside its field, and emit the fields of the catalogue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidTask
from engine.events.catalogue import load_catalogue
from engine.model import FollowUpType, Json, Link, Plan, PlanKind, Priority, Role, Task
from engine.tasks.definition import created_event, planned_event, plans_of, read_span, read_task, write_task

DUE = datetime(2025, 9, 12, 16, tzinfo=UTC)
FULL: dict[str, Json] = {
    "title": "Call back",
    "due_at": "2025-09-12T16:00:00Z",
    "deadline_at": "2025-09-12T22:00:00+02:00",
    "warn_minutes": 60,
    "follow_up_type": "call",
    "assigned_to": "maria@example.com",
    "priority": "high",
    "notes": "Send the contract first",
    "lead": {"lead_id": "lead_48213", "first_name": "Zoë", "last_disposition": "interested"},
}
CATALOGUE = load_catalogue()


def task(**changes: Json) -> Task:
    definition = read_task({**FULL, **changes})
    at = DUE - timedelta(days=1)
    return Task(id="task_1", definition=definition, created_at=at, created_by="ada@example.com", updated_at=at)


def plan(of: Task, kind: PlanKind) -> Plan:
    return next(one for one in plans_of(of) if one.kind is kind)


def test_a_task_is_read_as_the_contract_writes_it() -> None:
    read = read_task(FULL)

    assert (read.title, read.due_at, read.priority, read.follow_up_type) == (
        "Call back",
        DUE,
        Priority.HIGH,
        FollowUpType.CALL,
    )
    assert read.deadline_at == datetime(2025, 9, 12, 20, tzinfo=UTC)
    assert read_task({**write_task(read), "due_at": FULL["due_at"], "deadline_at": FULL["deadline_at"]}) == read


def test_title_and_due_time_are_enough() -> None:
    read = read_task({"title": "Call back", "due_at": "2025-09-12T16:00:00Z"})

    assert (read.warn_minutes, read.assigned_to, read.deadline_at, read.lead) == (60, "", None, {})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "  ", "Give the task a title"),
        ("title", "x" * 256, "At most 255"),
        ("title", 7, "This is text"),
        ("due_at", "2025-09-12T16:00:00", "with its zone"),
        ("due_at", "soon", "with its zone"),
        ("due_at", None, "with its zone"),
        ("due_at", 1757692800, "with its zone"),
        ("due_at", "9999-12-31T23:59:59-14:00", "with its zone"),
        ("deadline_at", "tomorrow", "with its zone"),
        ("warn_minutes", -1, "whole number"),
        ("warn_minutes", True, "whole number"),
        ("warn_minutes", "60", "whole number"),
        ("follow_up_type", "fax", "call, sms, email"),
        ("priority", [], "low, normal, high"),
        ("assigned_to", "x" * 256, "At most 255"),
        ("assigned_to", "\u200b", "nothing that shows"),
        ("assigned_to", "a\nb", "control character"),
        ("notes", {}, "This is text"),
        ("lead", "lead_1", "An object"),
        ("lead", {"x": "y" * 20_000}, "Too large"),
        ("owner", "maria", "no such field"),
    ],
)
def test_a_problem_is_named_by_its_field(field: str, value: Json, words: str) -> None:
    with pytest.raises(InvalidTask) as error:
        read_task({**FULL, field: value})

    assert list(error.value.problems) == [field]
    assert words in error.value.problems[field]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidTask) as error:
        read_task({"priority": "urgent"})

    assert set(error.value.problems) == {"title", "due_at", "priority"}


def test_a_change_keeps_what_it_leaves_out() -> None:
    before = read_task(FULL)

    assert read_task({"priority": "low", "deadline_at": None}, before) == replace(
        before, priority=Priority.LOW, deadline_at=None
    )


def test_a_task_plans_its_two_moments_until_it_is_done() -> None:
    one = task(warn_minutes=90)

    assert {planned.kind: planned.due_at for planned in plans_of(one)} == {
        PlanKind.FOLLOW_UP: DUE,
        PlanKind.DEADLINE: DUE + timedelta(hours=2, minutes=30),
    }
    assert [planned.kind for planned in plans_of(task(deadline_at=None))] == [PlanKind.FOLLOW_UP]
    assert plans_of(replace(one, done_at=DUE, done_by="ada@example.com")) == ()


def test_the_events_hold_fields_of_the_catalogue_alone() -> None:
    one = task()
    events = [created_event(one, "evt_1")]
    events += [planned_event(one, planned, "evt_2", planned.due_at) for planned in plans_of(one)]

    assert [event.type for event in events] == ["task.created", "follow_up.due", "task.deadline_approaching"]
    for event in events:
        known = CATALOGUE.get(event.type).fields
        ours = {name: value for name, value in event.data.items() if name not in FULL["lead"]}
        assert set(ours) <= set(known), event.type
        assert event.role is Role.SYSTEM
        assert event.data["lead_id"] == "lead_48213"
        kinds = {"string": str, "integer": int}
        assert all(isinstance(value, kinds[known[name].type]) for name, value in ours.items())
    assert events[0].data["created_by"] == "ada@example.com"
    assert events[1].data["follow_up_id"] == events[2].data["task_id"] == "task_1"
    assert events[1].data["due_at"] == "2025-09-12T16:00:00Z"
    assert events[2].data["deadline_at"] == "2025-09-12T20:00:00Z"


def test_a_lead_does_not_speak_for_the_task() -> None:
    one = task(lead={"title": "not this", "task_id": "nor this", "assigned_to": "nor this"})

    data = created_event(one, "evt_1").data
    assert (data["title"], data["task_id"], data["assigned_to"]) == ("Call back", "task_1", "maria@example.com")


def test_what_comes_on_time_is_not_overdue_and_what_comes_late_says_how_late() -> None:
    one = task()
    on_time = planned_event(one, plan(one, PlanKind.FOLLOW_UP), "evt_1", DUE + timedelta(seconds=1))
    late = planned_event(one, plan(one, PlanKind.FOLLOW_UP), "evt_1", DUE + timedelta(minutes=90, seconds=59.9))
    deadline = planned_event(one, plan(one, PlanKind.DEADLINE), "evt_1", DUE + timedelta(hours=4, seconds=1))

    assert (on_time.data["overdue"], "late_seconds" in on_time.data) == (0, False)
    assert (late.data["overdue"], late.data["late_seconds"]) == (90, 5_459)
    assert late.occurred_at == DUE
    assert (deadline.data["remaining"], deadline.data["late_seconds"]) == (-1, 3_601)


def test_what_comes_soon_goes_on_with_the_chain_and_what_comes_later_begins_one() -> None:
    chain = (Link(hook_id=3, entity="lead_id:l", execution_id="exe_1"),)
    one = replace(task(), chain=chain, test=True)
    due = plan(one, PlanKind.FOLLOW_UP)
    soon, later = one.created_at + timedelta(minutes=9), one.created_at + timedelta(minutes=10)

    assert created_event(one, "evt_1").chain == chain
    assert planned_event(one, due, "evt_2", soon).chain == chain
    assert planned_event(one, due, "evt_2", later).chain == ()
    assert planned_event(one, due, "evt_2", later).test
    assert planned_event(replace(one, updated_at=later), due, "evt_2", later).chain == chain


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_overdue_and_lateness_agree_with_the_clock(by: timedelta) -> None:
    one = task()
    data = planned_event(one, plan(one, PlanKind.FOLLOW_UP), "evt_1", DUE + by).data

    assert data["overdue"] * 60 <= by.total_seconds() < (data["overdue"] + 1) * 60
    assert data.get("late_seconds", int(by.total_seconds())) == int(by.total_seconds())


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("3 days", timedelta(days=3)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5 hours", timedelta(minutes=90)),
        ("1 week, 1 day", timedelta(days=8)),
        ("45 SEC", timedelta(seconds=45)),
        ("0 min", timedelta(0)),
    ],
)
def test_a_span_of_time_is_read_as_people_write_it(text: str, span: timedelta) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "soon", "h", "2", "2 fortnights", "-1h", "1h x", None, 7, "999999 weeks"])
def test_what_is_no_span_of_time_is_refused(text: Json) -> None:
    with pytest.raises(ValueError, match="span of time"):
        read_span(text)


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("2030-09-09t10:00:00z", datetime(2030, 9, 9, 10, tzinfo=UTC)),
        ("2030-09-09 12:00:00+0200", datetime(2030, 9, 9, 10, tzinfo=UTC)),
        ("2030-12-31T23:59:60Z", datetime(2031, 1, 1, tzinfo=UTC)),
        ("2030-12-31T24:00:00Z", datetime(2031, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_task_is_due_at_a_time_as_events_write_it(written: str, due: datetime) -> None:
    assert read_task({"title": "Call back", "due_at": written}).due_at == due
