"""What the system calls say: an answer follows its sync, and a disk that failed to sync is not trusted any more."""

import re
import shutil
import subprocess
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.faults.test_disk import DATABASE, REFUSED_PROPERLY, Desk, delivered, integrity, until
from tests.faults.test_kill import Sink, hook, sink
from tests.server import Server

__all__ = ["sink"]

REQUESTS, AT_ONCE = 300, 6
ATTACH_SECONDS = 10
SYNCED = re.compile(r"(fdatasync|fsync)(\(\d+\)| resumed>\)) += 0")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace sees the system calls")


@contextmanager
def traced(server: Server, *options: str) -> Generator[None]:
    """All threads of the process. Skips the test where tracing is not allowed."""
    assert server.process is not None
    command = ("strace", "-f", "-p", str(server.process.pid), *options)
    said = server.data_dir / "strace.log"
    with said.open("w") as log:
        tracer = subprocess.Popen(command, stderr=log)
    try:
        end = time.monotonic() + ATTACH_SECONDS
        while "attached" not in said.read_text(errors="replace"):
            if tracer.poll() is not None or time.monotonic() > end:
                pytest.skip(f"nothing can be traced here: {said.read_text().strip()}")
            time.sleep(0.05)
        yield
    finally:
        tracer.terminate()
        try:
            tracer.wait(10)
        except subprocess.TimeoutExpired:
            tracer.kill()


@needs_strace
async def test_a_disk_that_fails_to_sync_is_not_written_to_any_more(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        assert desk.post() == 202
        with traced(server, "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"):
            failed = desk.post_until(503, 5)
        later = [desk.post() for _ in range(3)]
        states = [desk.get(path) for path in ("/readyz", "/healthz", "/api/v1/executions")]
        server.kill()
        server.start()
        works_again = desk.post()
        all_delivered = await until(lambda: desk.accepted <= delivered(sink))
    finally:
        server.stop()

    assert failed
    assert later == [503] * 3
    assert desk.refusals() == REFUSED_PROPERLY
    assert states == [503, 200, 200]
    assert "does not confirm what is written" in server.log()
    assert works_again == 202
    assert all_delivered
    assert integrity(tmp_path / DATABASE) == "ok"


@needs_strace
def test_no_event_is_answered_before_it_is_on_the_disk(tmp_path: Path) -> None:
    """In the order of the calls: its page is written, a sync has returned, and only then its answer leaves."""
    trace = tmp_path / "trace"
    server = Server(tmp_path).with_admin().start()
    headers = {"authorization": f"Bearer {server.key()}"}
    ids = [f"evt_{number:05}_traced" for number in range(REQUESTS)]

    def post(id: str) -> int:
        event = {"type": "call.ended", "id": id, "data": {}}
        return client.post(f"{server.url}/api/v1/events", json=event, headers=headers).status_code

    calls = "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg"
    try:
        with (
            traced(server, "-s", "9000", "-o", str(trace), "-e", calls),
            httpx.Client(timeout=60) as client,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            answers = set(pool.map(post, ids))
    finally:
        server.stop()

    assert answers == {202}
    lines = trace.read_text(errors="replace").splitlines()
    syncs = [number for number, line in enumerate(lines) if SYNCED.search(line)]
    for id in ids:
        said = [number for number, line in enumerate(lines) if id in line]
        written = next(number for number in said if "pwrite64(" in lines[number])
        answered = next(number for number in said if "pwrite64(" not in lines[number])
        assert any(written < sync < answered for sync in syncs), id
