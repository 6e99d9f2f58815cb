"""A live event, from POST to recorded, while 200,000 others come in arrays of 1,000. One hook takes them all."""

import argparse
import contextlib
import json
import multiprocessing
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from tests.bench.load import Sink, event, percentile
from tests.prefork import end_with_parent
from tests.server import Server

EVENTS = 200_000
ARRAY = 1_000
CONNECTIONS = 4
LIVE_PER_SECOND = 10
GRACE_SECONDS = 30.0
BAR_MS = 250
KEY = ("--name", "live", "--role", "agent")
RECORDED = """SELECT event.id FROM event JOIN execution ON execution.event_seq = event.seq
    WHERE event.id IN (SELECT value FROM json_each(?)) AND execution.status = 'succeeded'"""


@dataclass
class Live:
    """Monotonic seconds by event id; `recorded` only has those whose executions are on disk, by `end`."""

    posted: dict[str, float] = field(default_factory=dict[str, float])
    recorded: dict[str, float] = field(default_factory=dict[str, float])
    end: float = 0.0

    def latencies(self) -> list[float]:
        """Milliseconds; of those that were not recorded, how long they have waited."""
        return [(self.recorded.get(id, self.end) - at) * 1000 for id, at in self.posted.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    arguments = parser.parse_args()
    for sender, same_key in (("of another key", False), ("of the same key", True)):
        live, taken, seconds = measured(arguments.events, same_key=same_key)
        found = live.latencies()
        print(
            f"a live event {sender}, POST to recorded, while {taken:,} came in arrays ({taken / seconds:,.0f}/s): "
            f"p50 {percentile(found, 0.5):.0f} ms, p95 {percentile(found, 0.95):.0f} ms, max {max(found):.0f} ms, "
            f"unrecorded {len(live.posted) - len(live.recorded)} of {len(live.posted)}; bar: p95 below {BAR_MS} ms"
        )


def measured(events: int, *, same_key: bool) -> tuple[Live, int, float]:
    """The live events, and how many others were accepted within how many seconds."""
    sink = Sink()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        server = Server(Path(folder), {"MAX_HOOK_BACKLOG": str(10 * EVENTS)}).with_admin().start()
        try:
            bulk_key = server.key()
            live_key = bulk_key if same_key else server.command("create-key", *KEY).splitlines()[-1]
            _hook(server, sink.url)
            with _live(server, live_key) as live:
                began = time.monotonic()
                taken = _in_arrays(server.port, bulk_key, events)
                return live, taken, time.monotonic() - began
        finally:
            server.kill()
            sink.close()


@contextlib.contextmanager
def _live(server: Server, key: str) -> Iterator[Live]:
    """Posts a live event every tenth of a second and watches the database until all are recorded."""
    live, over = Live(), threading.Event()
    poster = threading.Thread(target=_post_live, args=(server.port, key, live, over))
    watcher = threading.Thread(target=_watch, args=(next(server.data_dir.glob("*.db")), live, poster))
    poster.start()
    watcher.start()
    try:
        yield live
    finally:
        over.set()
        poster.join()
        watcher.join()
        live.end = time.monotonic()


def _post_live(port: int, key: str, live: Live, over: threading.Event) -> None:
    """By the clock, each in a thread of its own, so that a slow answer delays none of those that follow."""
    count, posts = 0, list[threading.Thread]()
    while not over.wait(1 / LIVE_PER_SECOND):
        id, count = f"live-{count}", count + 1
        live.posted[id] = time.monotonic()
        posts.append(threading.Thread(target=_post, args=(port, key, _about(id, f"lead_of_{id}"))))
        posts[-1].start()
    for post in posts:
        post.join()


def _watch(path: Path, live: Live, poster: threading.Thread) -> None:
    database, end = sqlite3.connect(f"file:{path}?mode=ro", uri=True), None
    while True:
        time.sleep(0.005)
        missing = [id for id in list(live.posted) if id not in live.recorded]
        for (id,) in database.execute(RECORDED, (json.dumps(missing),)):
            live.recorded[id] = time.monotonic()
        if not poster.is_alive():
            end = end or time.monotonic() + GRACE_SECONDS
            if len(live.recorded) == len(live.posted) or time.monotonic() > end:
                return


def _in_arrays(port: int, key: str, events: int) -> int:
    """How many were accepted, posted by a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_bulk, args=(theirs, port, key, events), daemon=True)
    process.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        process.terminate()
        process.join()


def _bulk(pipe: Connection, port: int, key: str, events: int) -> None:
    end_with_parent()
    numbers, statuses = iter(range(0, events, ARRAY)), list[int]()

    def post_all() -> None:
        for first in numbers:
            some = [_about(f"bulk-{n}", f"lead_{n}") for n in range(first, first + ARRAY)]
            statuses.append(_post(port, key, b"[" + b",".join(some) + b"]"))

    posters = [threading.Thread(target=post_all) for _ in range(CONNECTIONS)]
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
    pipe.send(statuses.count(202) * ARRAY)


def _about(id: str, lead: str) -> bytes:
    return event(id).replace(b"lead_48213", lead.encode())


def _post(port: int, key: str, body: bytes) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    connection.request("POST", "/api/v1/events", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _hook(server: Server, url: str) -> None:
    headers = {"authorization": f"Bearer {server.key('admin')}"}
    hook = {"title": "Bench", "trigger": "call.ended", "actions": [{"url": url}]}
    httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=headers).raise_for_status()


if __name__ == "__main__":
    main()
