"""What is asked for twice happens once, and what is wrong is told as it is."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.event import listens_for

from engine.model import Status
from engine.ports import DecidedEvent, ExecutionQuery
from storage.store import SqlStore
from tests.storage.conftest import NOW, decided, event, execution, saved, stored
from tests.storage.test_store import begun, ended


async def test_the_same_event_twice_in_one_call_is_new_once(store: SqlStore) -> None:
    one = event()

    assert await stored(store, [one, one]) == [1, None]


async def test_a_large_array_takes_few_statements_and_each_of_its_ids_is_new_once(store: SqlStore) -> None:
    asked = list[str]()

    @listens_for(store._write_engine, "before_cursor_execute")  # pyright: ignore[reportPrivateUsage]
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    ids = [f"evt_{number // 2}" for number in range(1_000)]

    seqs = await stored(store, [event(id) for id in ids])

    firsts = [seq for seq in seqs[::2] if seq is not None]
    assert len(firsts) == 500 and firsts == sorted(set(firsts))
    assert set(seqs[1::2]) == {None}
    assert len([one for one in asked if one.startswith("INSERT")]) < 20


async def test_the_same_id_from_many_callers_at_once_is_new_for_one(store: SqlStore) -> None:
    seqs = await asyncio.gather(*(stored(store, [event("same")]) for _ in range(50)))

    assert sorted(seqs, key=str) == [[1], *[[None]] * 49]


async def test_the_same_event_twice_in_one_decision_is_decided_once(store: SqlStore) -> None:
    hook = await saved(store)
    (seq,) = await stored(store, [event()])
    assert seq is not None
    one, other = (
        DecidedEvent(seq=seq, revision=1, at=NOW, executions=(execution(id, hook),)) for id in ("exe_1", "exe_2")
    )

    await store.decide([one, other])

    assert [made.id for made in (await store.executions(ExecutionQuery())).items] == ["exe_1"]
    assert (await store.hook_stats(NOW))[hook.id].hits == 1


async def test_nothing_to_do_is_done(store: SqlStore) -> None:
    await store.decide([])
    await store.touch_keys({})

    assert await store.append([]) == []


async def test_an_end_that_comes_again_counts_once(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", "exe_2")
    await store.record(ended(execution("exe_1", hook)))
    again = ended(execution("exe_1", hook), Status.FAILED)

    await asyncio.gather(store.record(again), store.record(ended(execution("exe_2", hook))))

    found = (await store.execution("exe_1")).execution
    assert (found.status, len(found.attempts)) == (Status.SUCCEEDED, 1)
    assert (await store.hook_stats(NOW))[hook.id].succeeded == 2
    assert (await store.hook_stats(NOW))[hook.id].failed == 0


async def test_bounds_in_time_hold_when_the_clock_went_back(store: SqlStore) -> None:
    hook = await saved(store)
    for number, minute in enumerate((2, 0, 1, 3)):
        at = NOW + timedelta(minutes=minute)
        await decided(store, hook, f"exe_{number}", event_id=f"evt_{number}", created_at=at)

    page = await store.executions(ExecutionQuery(until=NOW + timedelta(minutes=2)))

    assert [made.id for made in page.items] == ["exe_2", "exe_1"]


async def test_many_ends_at_once_are_one_transaction(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    hook = await saved(store)
    ids = [f"exe_{number}" for number in range(50)]
    await decided(store, hook, *ids)

    await asyncio.gather(*(store.start(begun(execution(id, hook))) for id in ids))
    await asyncio.gather(*(store.record(ended(execution(id, hook))) for id in ids))
    await asyncio.gather(*(store.cancel(execution(id, hook)) for id in ids))

    assert not caplog.records
    assert (await store.hook_stats(NOW))[hook.id].succeeded == 50
