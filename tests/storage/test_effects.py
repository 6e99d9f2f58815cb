"""What an internal action changes: all of it or nothing, and once."""

import asyncio
from datetime import timedelta

from engine.model import Effects, Link, NewEvent, NewNotice, NewTask, Status, Task, TaskDefinition
from engine.ports import EventQuery
from engine.tasks.definition import plans_of
from storage.store import SqlStore
from tests.storage.conftest import NOW, decided, event, execution, forget, saved
from tests.storage.test_store import ended

LINK = Link(hook_id=1, entity="lead_id:L1", execution_id="exe_1")
EFFECTS = Effects(
    answer={"id": 7},
    changes=(
        NewEvent(event=event("evt_made", type="lead.qualified", chain=(LINK,))),
        NewNotice(tone="good", title="Done", text="", link="/x"),
    ),
)


async def test_changes_and_answer_are_kept_together_once(store: SqlStore) -> None:
    await decided(store, await saved(store), "exe_1")

    first = await store.perform("exe_1", 0, EFFECTS, NOW)
    again = await store.perform("exe_1", 0, Effects(answer="other", changes=EFFECTS.changes[1:]), NOW)

    assert (first.answer, again.answer) == ({"id": 7}, {"id": 7})
    assert [one.event.id for one in first.events] == ["evt_made"]
    assert [one.title for one in first.notices] == ["Done"]
    assert (again.events, again.notices) == ((), ())
    assert [one.title for one in await store.notices(10)] == ["Done"]
    (waiting,) = await store.undecided(10, set())
    assert waiting == first.events[0]
    assert waiting.event.chain == (LINK,)


async def test_many_at_once_are_one(store: SqlStore) -> None:
    await decided(store, await saved(store), "exe_1")

    made = await asyncio.gather(*(store.perform("exe_1", 0, EFFECTS, NOW) for _ in range(20)))

    assert sum(len(one.events) for one in made) == 1
    assert len(await store.notices(10)) == 1


async def test_another_action_of_the_execution_is_another(store: SqlStore) -> None:
    await decided(store, await saved(store), "exe_1")
    notice = EFFECTS.changes[1:]

    for action in (0, 1):
        await store.perform("exe_1", action, Effects(answer=action, changes=notice), NOW)

    assert len(await store.notices(10)) == 2


async def test_an_event_id_that_is_known_is_left_out(store: SqlStore) -> None:
    await decided(store, await saved(store), "exe_1")
    await store.append([event("evt_made")])

    assert (await store.perform("exe_1", 0, EFFECTS, NOW)).events == ()


async def test_what_was_performed_goes_with_its_execution(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    await store.perform("exe_1", 0, Effects(answer=1), NOW)
    await store.record(ended(execution("exe_1", hook), Status.SUCCEEDED))
    later = NOW + timedelta(days=1)

    await forget(store, later)

    assert (await store.events(EventQuery())).items == ()
    assert await _rows(store, "effect") == 0


async def _rows(store: SqlStore, table: str) -> int:
    return await store._read(
        lambda session: session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    )


async def test_a_task_is_made_once_with_what_it_plans(store: SqlStore) -> None:
    await decided(store, await saved(store), "exe_1")
    definition = TaskDefinition(title="Call back", due_at=NOW)
    task = Task(id="task_1", definition=definition, created_at=NOW, created_by="hook", updated_at=NOW, chain=(LINK,))
    effects = Effects(answer=1, changes=(NewTask(task=task, plans=plans_of(task)),))

    first, again = [await store.perform("exe_1", 0, effects, NOW) for _ in range(2)]

    assert (first.tasks, again.tasks) == ((task,), ())
    assert await store.task("task_1") == task
    assert [one.task.id for one in await store.due_plans(NOW, 10, frozenset())] == ["task_1"]
