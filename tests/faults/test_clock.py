"""A wall clock that jumps while the server runs, by a day or by decades: the next answer comes at once."""

import asyncio
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.engine.conftest import eventually
from tests.faults.test_kill import Sink, hook, sink
from tests.server import Server

__all__ = ["sink"]

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
ANSWER_SECONDS = 2.0
START_SECONDS = 90
EVENTS = 8
MIB = 1 << 20
JUMPS = {
    "a month ahead": timedelta(days=30),
    "a year ahead": timedelta(days=365),
    "decades ahead": timedelta(days=32 * 365),
    "a day back": timedelta(days=-1),
    "decades back": timedelta(days=-30 * 365),
}
needs_faketime = pytest.mark.skipif(not LIBRARIES, reason="libfaketime moves the clock (Debian: faketime)")


class ClockedServer(Server):
    """Its wall clock is put forward or back by `set`; the one that never jumps is left alone."""

    prefork = None

    @property
    def environment(self) -> dict[str, str]:
        """By itself, the library takes waiting for a lock for waiting by the wall clock, and threads spin."""
        ours = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(self._file)}
        how = {"CACHE_DURATION": "1", "DONT_FAKE_MONOTONIC": "1", "FORCE_MONOTONIC_FIX": "0"}
        return super().environment | ours | {f"FAKETIME_{name}": value for name, value in how.items()}

    @property
    def _file(self) -> Path:
        return self.data_dir / "clock"

    def set(self, by: timedelta) -> None:
        """Against the true time. In one step, as the server may read it at any moment."""
        new = self.data_dir / "clock.new"
        new.write_text(f"{by.total_seconds():+.0f}\n")
        new.rename(self._file)

    def memory(self) -> int:
        """Resident, in bytes."""
        assert self.process is not None
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * 4_096


@pytest.fixture
def server(tmp_path: Path) -> Generator[ClockedServer]:
    server = ClockedServer(tmp_path).with_admin()
    server.set(timedelta(0))
    yield server
    if server.process and server.process.poll() is None:
        server.kill()


def post(server: Server, key: str, event_id: str) -> float:
    """The seconds until it was accepted."""
    event = {"type": "call.ended", "id": event_id, "data": {"call_duration": 187}}
    headers = {"authorization": f"Bearer {key}"}
    began = time.monotonic()
    answer = httpx.post(f"{server.url}/api/v1/events", json=event, headers=headers, timeout=20)
    assert answer.status_code == 202, answer.text
    return time.monotonic() - began


async def posted_for_a_while(server: Server, key: str, ids: str) -> float:
    """The longest that one of them waited."""
    longest = 0.0
    for number in range(EVENTS):
        longest = max(longest, await asyncio.to_thread(post, server, key, f"{ids} {number}"))
        await asyncio.sleep(0.25)
    return longest


async def called(sink: Sink, count: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while len(sink.seen) < count and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return len(sink.seen) == count


def now_of(server: Server) -> datetime:
    said = httpx.get(f"{server.url}/healthz", timeout=5).headers["date"]
    return datetime.strptime(said, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


@needs_faketime
async def test_after_a_jump_there_and_back_the_next_answer_comes_at_once(server: ClockedServer, sink: Sink) -> None:
    server.start(START_SECONDS)
    hook(server, sink.url)
    key = server.key()
    post(server, key, "before")
    assert await called(sink, 1)
    memory = server.memory()

    longest: dict[str, float] = {}
    for name, by in JUMPS.items():
        for moved in (by, timedelta(0)):
            server.set(moved)
            waited = await posted_for_a_while(server, key, f"{name}, {moved}")
            longest[name] = max(longest.get(name, 0.0), waited)
            assert await eventually(
                lambda moved=moved: abs(now_of(server) - datetime.now(UTC) - moved) < timedelta(seconds=5)
            )

    assert max(longest.values()) < ANSWER_SECONDS, longest
    assert await called(sink, 1 + 2 * EVENTS * len(JUMPS))
    assert server.memory() < memory + 60 * MIB
    assert server.stop() == 0


@needs_faketime
async def test_started_in_1994_and_corrected_then_it_goes_on(server: ClockedServer, sink: Sink) -> None:
    server.set(datetime(1994, 3, 1, tzinfo=UTC) - datetime.now(UTC))
    server.start(START_SECONDS)
    hook(server, sink.url)
    key = server.key()
    post(server, key, "then")
    assert await called(sink, 1)

    server.set(timedelta(0))
    longest = await posted_for_a_while(server, key, "now")

    assert longest < ANSWER_SECONDS
    assert await called(sink, 1 + EVENTS)
    assert server.stop() == 0


@needs_faketime
async def test_what_runs_by_time_goes_on_after_a_jump_and_comes_once(server: ClockedServer, sink: Sink) -> None:
    """Every minute for a year was missed: one run, not half a million."""
    server.start(START_SECONDS)
    admin = {"authorization": f"Bearer {server.key('admin')}"}
    schedule = {"every_minutes": 1, "timezone": "UTC"}
    body = {"title": "Clock", "trigger": "schedule.due", "schedule": schedule, "actions": [{"url": sink.url}]}
    answer = httpx.post(f"{server.url}/api/v1/hooks", json=body, headers=admin)
    assert answer.status_code == 201, answer.text

    server.set(timedelta(days=365))
    came = await called(sink, 1, 5)
    await asyncio.sleep(1.5)

    assert came
    assert len(sink.seen) <= 2
    assert server.stop() == 0
