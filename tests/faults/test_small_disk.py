"""A full disk, a database that another program holds: events are refused for a while, and nothing accepted is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.ledger import balance, read_ledger
from tests.faults.test_kill import Sink, hook, sink
from tests.server import Server

__all__ = ["sink"]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system, which takes root")

SIZE = "24m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def server(tmp_path: Path, small_disk: Path) -> Generator[Server]:
    """Its database lies on the small disk, its log does not."""
    url = f"sqlite:///{small_disk / 'trigger-hooks.db'}"
    server = Server(tmp_path, {"DATABASE_URL": url, "MIN_FREE_MB": "0"}).with_admin().start()
    yield server
    with suppress(ProcessLookupError):
        server.stop()


def post(server: Server, key: str, ids: list[str]) -> tuple[int, set[str]]:
    """The status, and the ids that were accepted."""
    accepted: set[str] = set()
    answer = None
    for id in ids:
        event = {"type": "call.ended", "id": id, "data": {"event_id": id, "filler": "x" * 2_000}}
        headers = {"authorization": f"Bearer {key}"}
        answer = httpx.post(f"{server.url}/api/v1/events", json=event, headers=headers, timeout=20)
        if answer.status_code != 202:
            assert answer.headers["retry-after"], answer.text
            break
        accepted.add(id)
    assert answer is not None
    return answer.status_code, accepted


def eventually_taken(server: Server, key: str, id: str) -> bool:
    for _ in range(100):
        if post(server, key, [id])[0] == 202:
            return True
        time.sleep(0.1)
    return False


def all_called(sink: Sink, accepted: set[str]) -> dict[str, set[str]]:
    """The webhook ids by event."""
    calls: dict[str, set[str]] = {}
    for _ in range(200):
        calls = {}
        for id, body in list(sink.seen):
            calls.setdefault(orjson.loads(body)["data"]["event_id"], set()).add(id)
        if accepted <= calls.keys():
            break
        time.sleep(0.1)
    time.sleep(1.5)  # for the last ends to be stored
    return calls


def test_a_full_disk_refuses_and_all_goes_on_once_there_is_room(small_disk: Path, server: Server, sink: Sink) -> None:
    hook(server, sink.url)
    key, admin = server.key(), server.key("admin")
    _, accepted = post(server, key, [f"before-{n}" for n in range(20)])
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"x" * 65_536)
            file.flush()

    status, more = post(server, key, [f"full-{n}" for n in range(500)])
    reads = httpx.get(f"{server.url}/api/v1/executions", headers={"authorization": f"Bearer {admin}"})
    lives = httpx.get(f"{server.url}/healthz")
    filler.unlink()
    taken = eventually_taken(server, key, "after")
    accepted |= more | ({"after"} if taken else set())
    calls = all_called(sink, accepted)
    server.stop()

    assert (status, reads.status_code, lives.status_code) == (503, 200, 200)
    assert taken, "it takes events again by itself"
    assert accepted <= calls.keys()
    assert {len(ids) for ids in calls.values()} == {1}
    ledger = read_ledger(small_disk)
    balance(ledger, accepted, (id for ids in calls.values() for id in ids))
    assert set(ledger.statuses.values()) == {"succeeded"}


def test_a_database_that_another_holds_refuses_and_all_goes_on_once_it_is_free(
    small_disk: Path, server: Server, sink: Sink
) -> None:
    hook(server, sink.url)
    key, admin = server.key(), server.key("admin")
    _, accepted = post(server, key, [f"before-{n}" for n in range(5)])
    all_called(sink, accepted)
    with held(small_disk):
        status, _ = post(server, key, ["refused"])
        reads = httpx.get(f"{server.url}/api/v1/executions", headers={"authorization": f"Bearer {admin}"})
        ready = httpx.get(f"{server.url}/readyz", timeout=20)
    taken = eventually_taken(server, key, "after")
    calls = all_called(sink, {*accepted, "after"})
    server.stop()

    assert (status, reads.status_code, ready.status_code, taken) == (503, 200, 503, True)
    balance(read_ledger(small_disk), {*accepted, "after"}, (id for ids in calls.values() for id in ids))


@contextmanager
def held(folder: Path) -> Generator[None]:
    """Another program holds the write lock of the database, for longer than anybody waits."""
    program = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(folder / "trigger-hooks.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.kill()
