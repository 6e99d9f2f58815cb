"""A start with ten thousand tasks due: how long until all hooks have heard of them, and what live events and an open
view feel of it.

Server, load, receiver and browser share this machine's cores.
"""

import asyncio
import json
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import httpx

from engine.model import Task, TaskDefinition
from engine.ports import DecidedEvent
from engine.process.ids import Ids
from engine.tasks.definition import created_event, plans_of
from storage.store import SqlStore
from tests.bench.load import Sink, percentile
from tests.browser.chromium import open_browser, signed_in
from tests.server import Server

DUE = 10_000
RATE = 20
MOST_SECONDS = 120.0


def main() -> None:
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin().start()
        try:
            key, admin = server.key(), server.key("admin")
            _hook(server, admin, sink.url, "call.ended", "agent")
            _hook(server, admin, sink.url, "follow_up.due", "system")
            server.stop()
            asyncio.run(_fall_due(Path(folder)))
            server.start()
            with OpenView(server) as view:
                _measure(server, key, sink)
            print(f"a view that is open meanwhile: its websocket was opened {view.opened} times; bar: once")
        finally:
            server.kill()
            sink.close()


class OpenView:
    """The hook table and the live feed in Chromium, in a thread of their own."""

    def __init__(self, server: Server) -> None:
        self.opened = 0
        self._server, self._ready, self._over = server, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._watch()))

    def __enter__(self) -> "OpenView":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    async def _watch(self) -> None:
        try:
            async with open_browser() as browser:
                page = await signed_in(browser, self._server)
                page.on("websocket", self._count)
                await page.reload()
                await page.wait_for_function("window.did_handshake")
                self._ready.set()
                await asyncio.to_thread(self._over.wait)
        finally:
            self._ready.set()

    def _count(self, _: object) -> None:
        self.opened += 1


def _measure(server: Server, key: str, sink: Sink) -> None:
    """Live events come at a steady rate until the last follow-up was called."""
    wanted, began = {f"due-{number}" for number in range(DUE)}, time.monotonic()
    posted, beside, number = dict[str, float](), True, 0
    connection = HTTPConnection("127.0.0.1", server.port)
    while beside and time.monotonic() - began < MOST_SECONDS:
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        bench_id, number = f"live-{number}", number + 1
        body = json.dumps({"type": "call.ended", "data": {"bench_id": bench_id}}, separators=(",", ":"))
        posted[bench_id] = time.monotonic()
        connection.request("POST", "/api/v1/events", body, {"authorization": f"Bearer {key}"})
        connection.getresponse().read()
        if number % (2 * RATE) == 0:
            beside = not wanted <= sink.arrivals().keys()
    connection.close()
    arrived = sink.wait({*posted, *wanted})
    came = [arrived[bench_id] for bench_id in wanted if bench_id in arrived]
    seconds = max(times[0] for times in came) - began
    repeats = sum(len(times) - 1 for times in came)
    live = [(arrived[bench_id][0] - at) * 1000 for bench_id, at in posted.items() if bench_id in arrived]
    print(
        f"{DUE:,} tasks due at a start: all called after {seconds:.1f} s, missing {DUE - len(came)}, "
        f"repeated {repeats}; bar: 60 s, none"
    )
    print(
        f"live events beside them, {RATE}/s, posted to called: p50 {statistics.median(live):.1f} ms, "
        f"p95 {percentile(live, 0.95):.1f} ms, missing {len(posted) - len(live)}; bar: p95 under 250 ms, none"
    )


async def _fall_due(folder: Path) -> None:
    """Tasks that fell due within the last minute, while the server was down; that they were made is decided already."""
    store, ids, at = SqlStore(f"sqlite:///{folder / 'trigger-hooks.db'}"), Ids(), datetime.now(UTC)
    await store.open()
    for start in range(0, DUE, 500):
        await asyncio.gather(*(_add(store, ids, number, at) for number in range(start, start + 500)))
    while waiting := await store.undecided(1_000, frozenset()):
        await store.decide([DecidedEvent(seq=one.seq, revision=0, at=at, executions=()) for one in waiting])
    await store.close()


async def _add(store: SqlStore, ids: Ids, number: int, at: datetime) -> None:
    definition = TaskDefinition(
        title=f"Call {number}", due_at=at - timedelta(seconds=60 * number / DUE), lead={"bench_id": f"due-{number}"}
    )
    task = Task(id=ids.new("task"), definition=definition, created_at=at, created_by="bench", updated_at=at)
    await store.add_task(task, plans_of(task), created_event(task, ids.new("evt")))


def _hook(server: Server, admin: str, url: str, trigger: str, role: str) -> None:
    hook = {"title": trigger, "trigger": trigger, "role": role, "type": "analytics", "actions": [{"url": url}]}
    headers = {"authorization": f"Bearer {admin}"}
    httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=headers).raise_for_status()


if __name__ == "__main__":
    main()
