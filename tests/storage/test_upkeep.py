"""Taking away what is old: by each row's own time, and in steps that leave the writer to others."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from engine.model import Status
from engine.ports import Bounds, Old
from storage import sqlite
from storage.pace import STEP_SECONDS, Pace
from storage.store import SqlStore
from storage.stores import base
from tests.storage.conftest import NOW, decided, event, forget, saved

OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(hours=1)
DAY = timedelta(days=1)
MOST_SECONDS, MOST_WAITED = 0.02, 0.5


async def set_times(store: SqlStore, table: str, column: str, at: Any, where: str) -> None:
    def edit(session: Session) -> None:
        moment = at.replace(tzinfo=None).isoformat(" ", "microseconds")
        session.connection().execute(text(f"UPDATE {table} SET {column} = :at WHERE {where}"), {"at": moment})

    await store._write(edit)


async def seqs(store: SqlStore, table: str) -> list[int]:
    def ask(session: Session) -> list[int]:
        return list(session.connection().execute(text(f"SELECT seq FROM {table} ORDER BY seq")).scalars())

    return await store._read(ask)


@pytest.mark.parametrize("thorough", [True, False])
async def test_each_row_is_asked_for_its_own_time(store: SqlStore, thorough: bool) -> None:
    """Rows with a time of long ago in the midst of young ones: a clock was wrong for a while."""
    hook = await saved(store)
    for number in range(60):
        await decided(store, hook, f"exe_{number}", event_id=f"e{number}", status=Status.SUCCEEDED, finished_at=NOW)
    for table, column in (("execution", "created_at"), ("event", "received_at")):
        await set_times(store, table, column, YOUNG, "1 = 1")
        await set_times(store, table, column, OLD, "seq BETWEEN 30 AND 33")
    bounds = Bounds(now=NOW, before=NOW - DAY, failed_before=NOW - DAY, thorough=thorough)

    for kind in (Old.EXECUTIONS, Old.EVENTS):
        place = 0
        while step := await store.forget(kind, bounds, place):
            place = step.place

    young = [seq for seq in range(1, 61) if not 30 <= seq <= 33]
    for table in ("execution", "event"):
        kept = await seqs(store, table)
        assert [seq for seq in kept if seq in young] == young
        assert not thorough or kept == young


async def test_rows_with_a_time_to_come_hold_up_none_of_the_old_ones(store: SqlStore) -> None:
    hook = await saved(store)
    for number in range(40):
        await decided(store, hook, f"exe_{number}", event_id=f"e{number}", status=Status.SUCCEEDED, finished_at=NOW)
    for table, column in (("execution", "created_at"), ("event", "received_at")):
        await set_times(store, table, column, OLD, "1 = 1")
        await set_times(store, table, column, NOW + 400 * DAY, "seq <= 5")

    await forget(store, NOW - DAY)

    assert await seqs(store, "execution") == await seqs(store, "event") == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARKED])
async def test_what_was_not_delivered_is_kept_longer(store: SqlStore, status: Status) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", status=status)
    bounds = Bounds(now=NOW, before=NOW + DAY, failed_before=NOW - DAY, thorough=True)

    await store.forget(Old.EXECUTIONS, bounds, 0)
    kept = await seqs(store, "execution")
    await store.forget(Old.EXECUTIONS, replace(bounds, failed_before=NOW + DAY), 0)

    assert (kept, await seqs(store, "execution")) == ([1], [])


FILL = {
    Old.HOOK_HOURS: "INSERT INTO hook_hour (hook_id, hour, succeeded, failed) SELECT 1, n, 1, 0 FROM numbers",
    Old.SOURCE_HOURS: """INSERT INTO source
        (id, platform, name, role, types, enabled, token, token_hash, created_at, created_by)
        SELECT 1, 'retell', 'a', 'agent', '', 1, 't', 'h', :old, '';
        INSERT INTO source_hour (source_id, hour, outcome, reason, count) SELECT 1, n, 'accepted', '', 1
        FROM numbers""",
    Old.SOURCE_BODIES: """INSERT INTO source
        (id, platform, name, role, types, enabled, token, token_hash, created_at, created_by)
        SELECT 1, 'retell', 'a', 'agent', '', 1, 't', 'h', :old, '';
        INSERT INTO source_body (source_id, at, outcome, reason, media_type, body, events)
        SELECT 1, :old, 'accepted', '', '', '{}', '[]' FROM numbers""",
    Old.NOTICES: "INSERT INTO notice (at, tone, title, text, link) SELECT :old, 'bad', 'a', 'b', '' FROM numbers",
    Old.TASKS: """INSERT INTO task
        (id, definition, due_at, assigned_to, created_at, created_by, updated_at, done_at, test)
        SELECT 'task' || n, '{}', :old, 'ada', :old, 'ada', :old, :old, 0 FROM numbers;
        INSERT INTO plan (kind, task_id, due_at) SELECT 'deadline', 'task' || n, :old FROM numbers;
        INSERT INTO task_text (rowid, text) SELECT seq, 'call ' || id FROM task""",
    Old.SESSIONS: """INSERT INTO user (id, email, email_folded, role, password_hash, created_at)
        SELECT 1, 'a', 'a', 'user', '', :old;
        INSERT INTO session (token_hash, user_id, created_at, expires_at, last_seen_at, address, device)
        SELECT CAST('hash' || n AS BLOB), 1, :old, :old, :old, '', '' FROM numbers""",
    Old.METRIC_MINUTES: """INSERT INTO metric_series (id, metric, label, label_name, kind, created_at, last_at)
        SELECT 1, 'm', '', '', 'counter', :old, :old;
        INSERT INTO metric_minute (series_id, minute, count, sum, min, max) SELECT 1, n, 1, 1, 1, 1 FROM numbers""",
    Old.METRIC_HOURS: """INSERT INTO metric_series (id, metric, label, label_name, kind, created_at, last_at)
        SELECT 1, 'm', '', '', 'counter', :old, :old;
        INSERT INTO metric_hour (series_id, minute, count, sum, min, max) SELECT 1, n * 60, 1, 1, 1, 1
        FROM numbers WHERE n < 10000;
        INSERT INTO metric_hour (series_id, minute, count, sum, min, max) SELECT 1, n, 1, 1, 1, 1
        FROM numbers WHERE n % 60 > 0""",
    Old.METRIC_SERIES: """INSERT INTO metric_series (metric, label, label_name, kind, created_at, last_at)
        SELECT 'm', 'l' || n, '', 'counter', :old, :old FROM numbers""",
    Old.EXECUTIONS: """INSERT INTO event (id, type, role, occurred_at, received_at, data, test, revision)
        SELECT 'evt', 'call.ended', 'agent', :old, :old, '{}', 0, 1;
        INSERT INTO execution (id, event_seq, hook_id, hook_version, type, status, test, about, created_at)
        SELECT 'exe' || n, 1, 1, 1, 'call.ended', 'succeeded', 0, '', :old FROM numbers;
        INSERT INTO attempt (execution_id, number, action, started_at, latency_ms, request)
        SELECT 'exe' || n, 1, 0, :old, 1, '{}' FROM numbers;
        INSERT INTO effect (execution_id, action, answer, performed_at)
        SELECT 'exe' || n, 0, '{}', :old FROM numbers""",
    Old.EVENTS: """INSERT INTO event (id, type, role, occurred_at, received_at, data, test, revision)
        SELECT 'evt' || n, 'call.ended', 'agent', :old, :old, '{"name": "Maria", "duration": 187}', 0, 1
        FROM numbers""",
}
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows) "


async def fill(store: SqlStore, kind: Old, rows: int) -> None:
    def edit(session: Session) -> None:
        old = OLD.replace(tzinfo=None).isoformat(" ", "microseconds")
        for statement in FILL[kind].split(";"):
            numbered = NUMBERS + statement if "numbers" in statement else statement
            wanted = {"old": old, "rows": rows}
            session.connection().execute(
                text(numbered), {name: value for name, value in wanted.items() if f":{name}" in numbered}
            )

    await store._write(edit)
    while await store.index_text(2_000):
        pass


@pytest.mark.parametrize("rows", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", Old)
async def test_however_many_rows_go_in_steps_that_nobody_notices(
    store: SqlStore, kind: Old, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the steps keep the writer busy with, other processes left out, while events come in beside them."""
    monkeypatch.setattr(base, "perf_counter", time.thread_time)
    await saved(store)
    await fill(store, kind, rows)
    bounds = Bounds(now=NOW, before=NOW - DAY, failed_before=NOW - DAY)
    steps, waited, place, count = list[float](), list[float](), 0, 0

    async def ingest() -> None:
        for number in range(1_000_000):
            began = time.perf_counter()
            await store.append([event(f"live {number}", received_at=NOW)])
            waited.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)

    ingesting = asyncio.create_task(ingest())
    while step := await store.forget(kind, bounds, place):
        place, count = step.place, count + step.count
        steps += [step.seconds] if step.count else []
    ingesting.cancel()

    assert count >= rows
    assert sorted(steps)[int(len(steps) * 0.95)] <= MOST_SECONDS
    assert sorted(waited)[int(len(waited) * 0.95)] <= MOST_WAITED, "on a busy machine too"


def test_the_pace_follows_what_the_last_step_took() -> None:
    pace = Pace(20, 1_000)
    for _ in range(2):
        pace.took(pace.size, STEP_SECONDS / 100)
    assert pace.size == 45
    pace.took(3, STEP_SECONDS / 100)
    assert pace.size == 45
    pace.took(45, STEP_SECONDS * 5)
    assert pace.size == 9
    pace.took(1, STEP_SECONDS * 100)
    assert pace.size == 1


async def test_a_log_that_grew_beside_a_long_reader_is_brought_down_when_nobody_uses_it(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MOST_LOG", 1 << 20)
    log = tmp_path / "test.db-wal"
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        for number in range(30):
            await store.append([event(f"e{number}", data={"text": "x" * 200_000})])
        await store.shrink_log()
        while_read = log.stat().st_size
        reader.execute("COMMIT")
    await store.shrink_log()

    assert while_read > 4 << 20
    assert log.stat().st_size == 0
    assert await store.append([event("after")]) == [31]
