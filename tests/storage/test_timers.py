"""When hooks on a schedule run next is stored with the hook, and each time comes once."""

from datetime import timedelta
from typing import Any

from engine.model import Role, Timetable
from engine.ports import Timer, TimerRun
from storage.store import SqlStore
from tests.storage.conftest import ADA, NOW, definition, event, saved

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(hours=1)
ON_SCHEDULE = {"trigger": "schedule.due", "role": Role.SYSTEM, "schedule": Timetable(cron="*/5 * * * *")}


async def scheduled(store: SqlStore) -> int:
    hook, _ = await store.save_hook(
        definition(**ON_SCHEDULE), hook_id=None, expected=None, actor=ADA, at=NOW, secret="whsec_eA==", next_at=SOON
    )
    return hook.id


async def save(store: SqlStore, hook_id: int, **changes: Any) -> None:
    one = definition(**(ON_SCHEDULE | changes))
    next_at = LATER if one.enabled and one.schedule else None
    await store.save_hook(one, hook_id=hook_id, expected=None, actor=ADA, at=NOW, secret="", next_at=next_at)


async def test_a_timer_is_there_with_its_hook_and_due_in_its_time(store: SqlStore) -> None:
    await saved(store, "another")
    hook_id = await scheduled(store)

    assert await store.timers() == [Timer(hook_id=hook_id, due_at=SOON)]
    assert await store.due_timers(SOON - timedelta(microseconds=1), 10) == []
    assert await store.due_timers(SOON, 10) == [Timer(hook_id=hook_id, due_at=SOON)]


async def test_an_edit_of_something_else_leaves_it_and_another_schedule_plans_anew(store: SqlStore) -> None:
    hook_id = await scheduled(store)

    await save(store, hook_id, title="Renamed")
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=SOON)]
    await save(store, hook_id, schedule=Timetable(every_minutes=60))
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=LATER)]


async def test_a_hook_that_is_off_deleted_or_on_no_schedule_has_none(store: SqlStore) -> None:
    hook_id = await scheduled(store)

    await save(store, hook_id, enabled=False)
    assert await store.timers() == []
    await save(store, hook_id)
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=LATER)]
    await save(store, hook_id, trigger="call.ended", schedule=None)
    assert await store.timers() == []
    await save(store, hook_id)
    await store.delete_hook(hook_id, expected=None, actor=ADA, at=NOW)
    assert await store.timers() == []
    await store.restore_hook(hook_id, actor=ADA, at=NOW, next_at=SOON)
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=SOON)]


async def test_a_time_comes_once_and_the_next_is_planned_with_it(store: SqlStore) -> None:
    hook_id = await scheduled(store)
    run = TimerRun(timer=Timer(hook_id=hook_id, due_at=SOON), event=event("evt_tick"), next_at=LATER)

    first, again = await store.run_timers([run]), await store.run_timers([run])

    assert first != [None]
    assert again == [None]
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=LATER)]
    assert [one.event.id for one in await store.undecided(10, frozenset())] == ["evt_tick"]


async def test_what_was_withdrawn_meanwhile_stores_nothing(store: SqlStore) -> None:
    hook_id = await scheduled(store)
    await store.delete_hook(hook_id, expected=None, actor=ADA, at=NOW)
    run = TimerRun(timer=Timer(hook_id=hook_id, due_at=SOON), event=event("evt_tick"), next_at=LATER)

    assert await store.run_timers([run]) == [None]
    assert await store.timers() == []
    assert await store.undecided(10, frozenset()) == []


async def test_a_timer_can_be_moved_without_an_event(store: SqlStore) -> None:
    hook_id = await scheduled(store)
    timer = Timer(hook_id=hook_id, due_at=SOON)

    assert await store.run_timers([TimerRun(timer=timer, event=None, next_at=LATER)]) == [None]
    assert await store.timers() == [Timer(hook_id=hook_id, due_at=LATER)]
