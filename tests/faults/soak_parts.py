"""The parts of a long run: receivers of all manners, senders that insist, a clock that is moved, an open view."""

import asyncio
import random
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from pathlib import Path

import httpx

from tests.faults.soak_report import Minute
from tests.server import Server

LIBFAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
SENDERS = 4
PAUSE_SECONDS = 0.08
BACK_SECONDS = 60
"""A browser whose page was cut off by a kill tries again, after pauses of its own."""


@dataclass
class SoakServer(Server):
    """Its wall clock can be moved while it runs, where libfaketime is installed; its steady clock stays true."""

    @property
    def environment(self) -> dict[str, str]:
        if LIBFAKETIME is None:
            return super().environment
        self.set_clock(0, only_new=True)
        return super().environment | {
            "LD_PRELOAD": str(LIBFAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def set_clock(self, seconds: int, *, only_new: bool = False) -> None:
        """Ahead of the true one by so much."""
        if only_new and self._clock.exists():
            return
        new = self._clock.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._clock)

    @property
    def _clock(self) -> Path:
        return self.data_dir.parent / "clock"

    def resident_mb(self) -> float:
        status = Path(f"/proc/{self._pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self._pid}/fd").iterdir())

    @property
    def _pid(self) -> int:
        assert self.process is not None
        return self.process.pid


class Receivers:
    """One for each manner, on a port of its own, since what fails at one is held against all of its port."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.calls = 0
        self.draw = random.Random(11)
        self._all = {manner: _Receiver(self, manner) for manner in ("well", "fails", "flaky", "busy", "slow")}

    def url(self, manner: str) -> str:
        return f"http://127.0.0.1:{self._all[manner].server_port}/{manner}"

    def __enter__(self) -> "Receivers":
        for one in self._all.values():
            threading.Thread(target=one.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._all.values():
            one.shutdown()
            one.server_close()


class _Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, all: Receivers, manner: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.all, self.manner = all, manner

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that is killed is what this is about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        one = self.server
        assert isinstance(one, _Receiver)
        self.rfile.read(int(self.headers["content-length"]))
        one.all.called.add(self.headers["webhook-id"])
        one.all.calls += 1
        if one.manner == "slow":
            time.sleep(one.all.draw.choice((0.1, 0.5, 2.0)))
        bad = {"fails": 500, "busy": 429, "flaky": 503}.get(one.manner, 200)
        status = bad if one.manner == "fails" or one.all.draw.random() < 0.5 else 200
        self.send_response(status)
        if status == 429:
            self.send_header("retry-after", "1")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Minutes:
    """What was seen, by the minute of the run."""

    began: float = field(default_factory=time.monotonic)
    all: list[Minute] = field(default_factory=list[Minute])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self, minutes: float) -> list[Minute]:
        """Those of the run alone: the next one may have begun when it ended."""
        return self.all[: ceil(minutes)]

    @property
    def now(self) -> Minute:
        with self._lock:
            while len(self.all) <= (time.monotonic() - self.began) // 60:
                self.all.append(Minute())
            return self.all[-1]


class Senders:
    """Threads that post each event until it is taken, also while the server is down."""

    def __init__(self, server: Server, key: str, types: tuple[str, ...], minutes: Minutes) -> None:
        self.accepted: set[str] = set()
        self._server, self._types, self._minutes = server, types, minutes
        self._headers, self._stop = {"authorization": f"Bearer {key}"}, threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        count, taken = 0, True
        with httpx.Client(base_url=self._server.url, headers=self._headers, timeout=10) as client:
            while not self._stop.wait(PAUSE_SECONDS):
                count += taken
                taken = self._post(client, f"soak-{number}-{count}", self._types[count % len(self._types)])

    def _post(self, client: httpx.Client, event_id: str, type: str) -> bool:
        event = {"type": type, "id": event_id, "data": {"lead_id": f"lead_{len(self.accepted) % 50}"}}
        began = time.monotonic()
        try:
            answer = client.post("/api/v1/events", json=event)
        except httpx.HTTPError:
            return False
        if answer.status_code != 202:
            return False
        self._minutes.now.latencies.append((time.monotonic() - began) * 1000)
        self.accepted.add(event_id)
        return True


class View:
    """The hook table with the live feed, open in Chromium; `rows` is how many it shows in the end."""

    def __init__(self, server: Server) -> None:
        self.rows: int | None = None
        self._server, self._stop = server, threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._look()), daemon=True)
        if shutil.which("chromium"):
            self._thread.start()

    def end(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2 * BACK_SECONDS)

    async def _look(self) -> None:
        from playwright.async_api import Error

        from tests.browser.chromium import open_browser, signed_in

        async with open_browser() as browser:
            page = await signed_in(browser, self._server)
            while not self._stop.is_set():
                await asyncio.sleep(0.5)
            rows = page.get_by_test_id("feed-row")
            with suppress(Error):
                await rows.first.wait_for(timeout=BACK_SECONDS * 1000)
            self.rows = await rows.count()


def every(seconds: float, until: float, work: Callable[[], None]) -> None:
    """Until that moment of the steady clock."""
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(seconds, left))
        work()
