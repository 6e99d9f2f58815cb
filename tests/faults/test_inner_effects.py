"""Killed around the commit of what an internal action does, and before its attempt is recorded: it happened once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.faults.test_kill import executions, hook
from tests.server import Server

INSIDE = "https://internal.ai-sync.com"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_its_commit_it_happens_once(tmp_path: Path, when: str) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        hook(server, f"{INSIDE}/emit?type=task.created")
        hook(server, f"{INSIDE}/notify?title=Called")
        agent = server.key()
        server.stop()
        server.start(program=("-m", "tests.faults.crashing", f"{when} perform", "1"))
        try:
            event = {"type": "call.ended", "id": "evt_one", "data": {}}
            headers = {"authorization": f"Bearer {agent}"}
            httpx.post(f"{server.url}/api/v1/events", json=event, headers=headers, timeout=10)
        except httpx.TransportError:
            pass  # it may be gone before it has answered; what it took is on disk
        assert server.process is not None
        assert server.process.wait(10) == -9, "it was killed where it should be"

        server.start()
        made = await executions(server)
    finally:
        server.stop()

    assert [one["status"] for one in made] == ["succeeded", "succeeded"]
    with closing(sqlite3.connect(tmp_path / "trigger-hooks.db")) as database:
        events = database.execute("SELECT count(*) FROM event WHERE type = 'task.created'").fetchone()
        notices = database.execute("SELECT count(*) FROM notice WHERE title = 'Called'").fetchone()
    assert (events, notices) == ((1,), (1,))
