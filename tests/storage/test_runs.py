"""What hooks that may run only so often did run, what is held, and that each look-up uses an index."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from engine.model import Status
from engine.ports import ExecutionQuery, Runs, RunsQuery
from storage import sqlite
from storage.queries.executions import runs, waiting
from storage.store import SqlStore
from tests.storage.conftest import NOW, decided, forget, saved, url_of

MINUTE = timedelta(minutes=1)


def query(hook_id: int, minutes: int = 10, subject: str | None = None, **changes: bool) -> RunsQuery:
    asked = {"shadow": False, "all": True} | changes
    return RunsQuery(hook_id=hook_id, subject=subject, after=NOW - minutes * MINUTE, until=NOW, **asked)


async def test_runs_are_counted_by_hook_and_subject_and_time(store: SqlStore) -> None:
    hook, other = await saved(store), await saved(store, "other")
    for number, (subject, at) in enumerate([("a:1", 3), ("a:2", 5), ("a:1", 10), ("a:1", 30)]):
        made = {"subject": subject, "counts_at": NOW - at * MINUTE, "status": Status.SUCCEEDED}
        await decided(store, hook, f"exe_{number}", event_id=f"evt_{number}", **made)
    await decided(store, hook, "exe_test", event_id="evt_t")
    await decided(store, other, "exe_other", event_id="evt_o", subject="a:1", counts_at=NOW)

    found = await store.runs(
        [
            query(hook.id),
            query(hook.id, 11),
            query(hook.id, 31, "a:1"),
            query(hook.id, 31, all=False),
            query(hook.id, 2),
            query(hook.id, 31, "a:3"),
            query(other.id),
            query(99),
        ]
    )

    assert found == [
        Runs(count=2, newest=NOW - 3 * MINUTE),
        Runs(count=3, newest=NOW - 3 * MINUTE),
        Runs(count=3, newest=NOW - 3 * MINUTE),
        Runs(count=1, newest=NOW - 3 * MINUTE),
        Runs(),
        Runs(),
        Runs(count=1, newest=NOW),
        Runs(),
    ]
    assert await store.runs([]) == []


async def test_runs_in_shadow_are_apart(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", status=Status.SHADOWED, finished_at=NOW, counts_at=NOW)

    found = await store.runs([query(hook.id), query(hook.id, shadow=True)])

    assert [runs.count for runs in found] == [0, 1]


async def test_what_was_skipped_is_kept_with_its_reason_and_is_no_hit(store: SqlStore) -> None:
    hook = await saved(store)
    reason = "Cooldown: ran just now."
    await decided(store, hook, "exe_1", status=Status.SKIPPED, finished_at=NOW, reason=reason)

    assert (await store.execution("exe_1")).execution.reason == reason
    assert await store.reasons("evt_1") == {hook.id: (Status.SKIPPED, reason)}
    assert await store.reasons("evt_2") == {}
    assert (await store.hook_stats(NOW))[hook.id].hits == 0
    assert await store.backlog() == 0
    assert [one.id for one in (await store.executions(ExecutionQuery(status=Status.SKIPPED))).items] == ["exe_1"]
    assert await store.skipped_since(hook.id, NOW - MINUTE)
    assert not await store.skipped_since(hook.id, NOW + MINUTE)


async def test_what_is_held_waits_for_its_time_and_is_let_go_once(store: SqlStore) -> None:
    hook = await saved(store)
    for number, minutes in enumerate((5, 3, 9)):
        made = {"status": Status.HELD, "next_attempt_at": NOW + minutes * MINUTE, "reason": "Held."}
        await decided(store, hook, f"exe_{number}", event_id=f"evt_{number}", **made)

    due = await store.held(NOW + 5 * MINUTE, 10)
    assert [job.execution.id for job in due] == ["exe_1", "exe_0"]
    assert await store.held(NOW, 10) == []
    assert (await store.backlog(), await store.hooks_with_pending()) == (3, [])
    assert (await store.hook_stats(NOW))[hook.id].hits == 3

    assert sorted(await store.release(["exe_1", "exe_0"])) == ["exe_0", "exe_1"]
    assert await store.release(["exe_1"]) == []
    assert [job.execution.id for job in await store.pending(hook.id, 10, frozenset())] == ["exe_0", "exe_1"]
    released = (await store.execution("exe_1")).execution
    assert (released.status, released.next_attempt_at, released.reason) == (Status.PENDING, None, "Held.")
    assert [one.id for one in (await store.executions(ExecutionQuery(status=Status.HELD))).items] == ["exe_2"]


async def test_an_earlier_one_of_a_line_that_is_held_goes_first(store: SqlStore) -> None:
    hook = await saved(store)
    held = {"status": Status.HELD, "next_attempt_at": NOW + MINUTE, "entity": "lead_id:1"}
    await decided(store, hook, "exe_1", event_id="evt_1", **held)
    await decided(store, hook, "exe_2", event_id="evt_2", entity="lead_id:1")

    first = await store.first_in_line(hook.id, "lead_id:1")

    assert first is not None
    assert first.execution.id == "exe_1"
    assert await store.pending(hook.id, 10, frozenset()) == []


async def test_a_clock_that_went_back_leaves_alone_what_is_held(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", status=Status.HELD, next_attempt_at=NOW + 30 * MINUTE)

    await store.advance_due(20 * MINUTE)

    assert (await store.execution("exe_1")).execution.next_attempt_at == NOW + 30 * MINUTE


async def test_what_was_skipped_is_taken_away_with_its_event(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", status=Status.SKIPPED, finished_at=NOW)
    later = NOW + 60 * MINUTE

    await forget(store, later, NOW)

    assert (await store.executions(ExecutionQuery())).items == ()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (runs.RUNS.text, "execution_counts (hook_id=? AND counts_at>? AND counts_at<?)"),
        (runs.RUNS_OF.text, "execution_counts_of (hook_id=? AND subject=? AND counts_at>? AND counts_at<?)"),
    ],
)
async def test_runs_are_looked_up_by_an_index(store: SqlStore, tmp_path: Path, statement: str, index: str) -> None:
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", {"asked": "[]"}).fetchall()
    assert any(index in row[-1] for row in plan), plan


async def test_what_is_held_is_looked_up_by_an_index(store: SqlStore, tmp_path: Path) -> None:
    """In the very words in which the database is asked."""
    asked: list[str] = []
    with Session(sqlite.read_engine(url_of(tmp_path))) as session:
        raw = session.connection().connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(asked.append)
        waiting.held(session, NOW, 10)
        runs.reasons(session, "evt_1")
        raw.set_trace_callback(None)
        held, skipped = (
            " ".join(row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {said}"))
            for said in asked
            if said.startswith("SELECT execution.")
        )
    assert "USING INDEX execution_held (next_attempt_at<?)" in held
    assert "USING INDEX execution_by_event (event_seq=?)" in skipped
