"""Killed around the moment at which what is due is marked and its event stored: it comes once."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.faults.test_kill import Sink, executions
from tests.server import Server

TASKS = 60
"""More than a batch."""


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_firing_tasks_each_is_told_once(tmp_path: Path, when: str) -> None:
    sink = Sink()
    server = Server(tmp_path).with_admin().start()
    try:
        admin = {"authorization": f"Bearer {server.key('admin')}"}
        hook = {"title": "due", "trigger": "follow_up.due", "role": "system", "actions": [{"url": sink.url}]}
        httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=admin).raise_for_status()
        due_at = (datetime.now(UTC) + timedelta(seconds=6)).isoformat()
        with httpx.Client(base_url=server.url, headers=admin) as client:
            for number in range(TASKS):
                client.post("/api/v1/tasks", json={"title": str(number), "due_at": due_at}).raise_for_status()
        server.stop()

        server.start(program=("-m", "tests.faults.crashing", f"{when} fire", "1"))
        assert server.process is not None
        assert server.process.wait(20) == -9, "it was killed where it should be"
        server.start()
        await executions(server)
    finally:
        server.stop()
        sink.shutdown()
        sink.server_close()

    with closing(sqlite3.connect(tmp_path / "trigger-hooks.db")) as database:
        told = database.execute(
            "SELECT count(*), count(DISTINCT data ->> '$.follow_up_id') FROM event WHERE type = 'follow_up.due'"
        ).fetchone()
        open_plans = database.execute("SELECT count(*) FROM plan WHERE fired_at IS NULL").fetchone()
    assert told == (TASKS, TASKS)
    assert open_plans == (0,)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_a_time_of_a_schedule_it_comes_once(tmp_path: Path, when: str) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        admin = {"authorization": f"Bearer {server.key('admin')}"}
        hook = {
            "title": "hourly",
            "trigger": "schedule.due",
            "schedule": {"every_minutes": 60},
            "actions": [{"url": "https://internal.ai-sync.com/echo"}],
        }
        httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=admin).raise_for_status()
        server.stop()
        with closing(sqlite3.connect(tmp_path / "trigger-hooks.db")) as database, database:
            database.execute("UPDATE timer SET due_at = '2026-01-01 00:00:00.000000'")

        server.start(program=("-m", "tests.faults.crashing", f"{when} run_timers", "1"))
        assert server.process is not None
        assert server.process.wait(20) == -9, "it was killed where it should be"
        server.start()
        (execution,) = await executions(server)
    finally:
        server.stop()

    assert execution["status"] == "succeeded"
    with closing(sqlite3.connect(tmp_path / "trigger-hooks.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM event WHERE type = 'schedule.due'").fetchone()
        (due_at,) = database.execute("SELECT due_at FROM timer").fetchone()
    assert count == 1
    assert due_at > datetime.now(UTC).isoformat(" ")
