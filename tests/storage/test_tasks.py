"""Tasks come back as they went in, page by key, and their plans fire once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.errors import InvalidQuery, NotFound
from engine.model import Link, PlanKind, Priority, Task, TaskDefinition, TaskState
from engine.ports import Accepted, Firing, TaskQuery
from engine.tasks.definition import planned_event, plans_of
from storage.store import SqlStore
from tests.storage.conftest import NOW, event, forget

HOUR = timedelta(hours=1)


def task(number: int, due_at: datetime = NOW, **changes: object) -> Task:
    definition = TaskDefinition(**({"title": f"Call {number}", "due_at": due_at} | changes))  # type: ignore[arg-type]
    return Task(id=f"task_{number}", definition=definition, created_at=NOW, created_by="ada", updated_at=NOW)


async def added(store: SqlStore, one: Task) -> Task:
    seq = await store.add_task(one, plans_of(one), event(f"evt_of_{one.id}"))
    assert seq is not None
    return one


async def fire(store: SqlStore, now: datetime, limit: int = 100) -> list[Accepted | None]:
    due = await store.due_plans(now, limit, frozenset())
    return await store.fire(
        [Firing(seq=one.seq, event=planned_event(one.task, one.plan, f"evt_{one.seq}_{now}", now)) for one in due]
    )


async def planned(store: SqlStore) -> list[tuple[str, PlanKind]]:
    return [(one.task.id, one.plan.kind) for one in await store.due_plans(NOW + 1000 * HOUR, 100, frozenset())]


async def test_a_task_comes_back_as_it_went_in(store: SqlStore) -> None:
    one = task(
        1,
        deadline_at=NOW + HOUR,
        warn_minutes=5,
        assigned_to="maria@example.com",
        priority=Priority.HIGH,
        notes="first",
        lead={"lead_id": "l", "tags": ["a", {"b": None}]},
    )
    one = replace(one, chain=(Link(hook_id=3, entity="lead_id:l", execution_id="exe_1"),), test=True)
    await added(store, one)

    assert await store.task("task_1") == one
    assert await store.tasks(TaskQuery()) == replace(await store.tasks(TaskQuery()), items=(one,), next=None)
    assert (await store.event("evt_of_task_1")).event == event("evt_of_task_1")


async def test_open_ones_come_by_due_time_and_then_the_done_ones_last_first(store: SqlStore) -> None:
    for number in range(6):
        await added(store, task(number, NOW + HOUR * (number % 3)))
    for number, at in ((1, NOW), (4, NOW + HOUR)):
        one = replace(await store.task(f"task_{number}"), done_at=at, done_by="ada")
        await store.save_task(one, plans_of(one))

    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.tasks(TaskQuery(limit=1, cursor=cursor))
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert seen == ["task_0", "task_3", "task_2", "task_5", "task_4", "task_1"]
    assert [one.id for one in (await store.tasks(TaskQuery(limit=5))).items] == seen[:5]
    assert [one.id for one in (await store.tasks(TaskQuery(state=TaskState.DONE))).items] == seen[4:]
    assert [one.id for one in (await store.tasks(TaskQuery(state=TaskState.OPEN))).items] == seen[:4]


@pytest.mark.parametrize("cursor", ["", "x", "open|now|1", "open|2025-01-01T00:00:00|1", f"done|{NOW.isoformat()}|x"])
async def test_a_cursor_that_is_none_is_refused(store: SqlStore, cursor: str) -> None:
    with pytest.raises(InvalidQuery):
        await store.tasks(TaskQuery(cursor=cursor))


async def test_tasks_are_found_by_person_time_and_text(store: SqlStore) -> None:
    await added(store, task(1, assigned_to="maria", lead={"first_name": "Zoë", "tags": ["webinar"]}))
    await added(store, task(2, NOW + HOUR, assigned_to="ben", notes="Contract before Friday"))

    async def ids(**asked: object) -> list[str]:
        return [one.id for one in (await store.tasks(TaskQuery(**asked))).items]  # type: ignore[arg-type]

    assert await ids(assigned_to="maria") == ["task_1"]
    assert await ids(text="zoe web") == ["task_1"]
    assert await ids(text="contr") == ["task_2"]
    assert await ids(text="task_2") == ["task_2"]
    assert await ids(text='"') == []
    assert await ids(since=NOW + HOUR) == ["task_2"]
    assert await ids(until=NOW + HOUR) == ["task_1"]
    assert await store.task_people(10) == ["ben", "maria"]

    one = await store.task("task_2")
    await store.save_task(replace(one, definition=replace(one.definition, notes="")), plans_of(one))
    assert await ids(text="contr") == []


async def test_what_is_due_fires_once_the_longest_due_first(store: SqlStore) -> None:
    await added(store, task(1, NOW))
    await added(store, task(2, NOW - HOUR))
    await added(store, task(3, NOW + HOUR))

    due = await store.due_plans(NOW, 100, frozenset())
    assert [one.task.id for one in due] == ["task_2", "task_1"]
    assert [one.task.id for one in await store.due_plans(NOW, 100, {due[0].seq})] == ["task_1"]

    firings = [Firing(seq=one.seq, event=planned_event(one.task, one.plan, f"evt_{one.seq}", NOW)) for one in due]
    first, again = await store.fire(firings), await store.fire(firings)
    assert None not in first
    assert again == [None, None]
    assert await store.due_plans(NOW, 100, frozenset()) == []
    assert len(await store.undecided(100, frozenset())) == 3 + 2


async def test_what_is_withdrawn_before_it_fires_stores_no_event(store: SqlStore) -> None:
    one = await added(store, task(1))
    due = await store.due_plans(NOW, 100, frozenset())
    await store.save_task(replace(one, done_at=NOW, done_by="ada"), ())

    firing = Firing(seq=due[0].seq, event=planned_event(one, due[0].plan, "evt_late", NOW))
    assert await store.fire([firing]) == [None]
    with pytest.raises(NotFound):
        await store.event("evt_late")


async def test_a_task_that_is_moved_is_planned_anew_and_one_that_is_not_stays(store: SqlStore) -> None:
    one = await added(store, task(1, deadline_at=NOW + 10 * HOUR))
    await fire(store, NOW)
    assert await planned(store) == [("task_1", PlanKind.DEADLINE)]

    renamed = replace(one, definition=replace(one.definition, title="Call again"))
    await store.save_task(renamed, plans_of(renamed))
    assert await planned(store) == [("task_1", PlanKind.DEADLINE)]

    moved = replace(one, definition=replace(one.definition, due_at=NOW + HOUR))
    await store.save_task(moved, plans_of(moved))
    assert await planned(store) == [("task_1", PlanKind.FOLLOW_UP), ("task_1", PlanKind.DEADLINE)]


async def test_one_that_is_opened_again_does_not_repeat_what_it_said(store: SqlStore) -> None:
    one = await added(store, task(1, deadline_at=NOW + 10 * HOUR))
    await fire(store, NOW)
    done = replace(one, done_at=NOW, done_by="ada")
    await store.save_task(done, plans_of(done))
    assert await planned(store) == []

    await store.save_task(one, plans_of(one))
    assert await planned(store) == [("task_1", PlanKind.DEADLINE)]


async def test_a_deleted_one_is_gone_with_its_plans_and_can_be_restored(store: SqlStore) -> None:
    one = await added(store, task(1))
    await store.save_task(one, (), deleted_at=NOW)

    assert (await store.tasks(TaskQuery())).items == ()
    assert await planned(store) == []
    with pytest.raises(NotFound):
        await store.task("task_1")

    assert await store.task("task_1", deleted=True) == one
    await store.save_task(one, plans_of(one))
    assert await store.task("task_1") == one
    assert await planned(store) == [("task_1", PlanKind.FOLLOW_UP)]


async def test_long_ago_done_or_deleted_ones_are_taken_away(store: SqlStore) -> None:
    for number in range(4):
        await added(store, task(number))
    done, deleted, lately = [await store.task(f"task_{number}") for number in range(3)]
    await store.save_task(replace(done, done_at=NOW - HOUR, done_by="ada"), ())
    await store.save_task(deleted, (), deleted_at=NOW - HOUR)
    await store.save_task(replace(lately, done_at=NOW + HOUR, done_by="ada"), ())

    await forget(store, NOW)

    assert [one.id for one in (await store.tasks(TaskQuery())).items] == ["task_3", "task_2"]
    assert [one.id for one in (await store.tasks(TaskQuery(text="call"))).items] == ["task_3", "task_2"]
    with pytest.raises(NotFound):
        await store.task("task_1", deleted=True)
