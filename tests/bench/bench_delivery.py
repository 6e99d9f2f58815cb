"""What failing receivers cost others, and what a large backlog costs memory. All on loopback."""

import asyncio
import contextlib
import json
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import httpx

from tests.bench.load import Sink, percentile
from tests.server import Server, free_port

RATE = 100
SECONDS = 15.0
BACKLOG = 200_000
BATCH = 500


def main() -> None:
    _isolation()
    _looking_back()
    _backlog()


def _isolation() -> None:
    """The calls of one lane, while every call of another hangs."""
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder, _hanging() as hanging:
        server = Server(Path(folder)).with_admin().start()
        try:
            key, admin = server.key(), server.key("admin")
            _hook(server, admin, sink.url, "call.ended", "analytics")
            _latencies(server, key, sink, 3.0)  # to warm up
            alone, beside = list[float](), list[float]()
            hook_id = _hook(server, admin, hanging, "sms.sent", "other")
            for _ in range(3):
                _switch(server, admin, hook_id, on=False)
                alone += _latencies(server, key, sink, SECONDS / 3)
                _switch(server, admin, hook_id, on=True)
                _post(server, key, [{"type": "sms.sent", "data": {}} for _ in range(300)])
                beside += _latencies(server, key, sink, SECONDS / 3)
        finally:
            server.kill()
            sink.close()
    p95, p95_beside = percentile(alone, 0.95), percentile(beside, 0.95)
    print(
        f"end to end at {RATE}/s, p50 and p95: alone {statistics.median(alone):.1f} and {p95:.1f} ms, beside a lane "
        f"whose receiver hangs {statistics.median(beside):.1f} and {p95_beside:.1f} ms: "
        f"{100 * (p95_beside / p95 - 1):+.0f} %; bar: less than +20 %"
    )


def _looking_back() -> None:
    """Live calls, while one back-test of 50,000 events follows the other."""
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin().start()
        try:
            key, admin = server.key(), server.key("admin")
            for start in range(0, 50_000, BATCH):
                _post(server, key, [{"type": "sms.sent", "data": _data(n)} for n in range(start, start + BATCH)])
            _hook(server, admin, sink.url, "call.ended", "analytics")
            _latencies(server, key, sink, 3.0)
            alone, beside, tests = list[float](), list[float](), 0
            for _ in range(3):
                alone += _latencies(server, key, sink, SECONDS / 3)
                with _back_testing(server, admin) as done:
                    beside += _latencies(server, key, sink, SECONDS / 3)
                tests += len(done)
        finally:
            server.kill()
            sink.close()
    p95, p95_beside = percentile(alone, 0.95), percentile(beside, 0.95)
    print(
        f"end to end at {RATE}/s, p50 and p95: alone {statistics.median(alone):.1f} and {p95:.1f} ms, beside "
        f"{tests} back-tests of 50,000 {statistics.median(beside):.1f} and {p95_beside:.1f} ms: "
        f"{100 * (p95_beside / p95 - 1):+.0f} %; bar: less than +20 %"
    )


@contextlib.contextmanager
def _back_testing(server: Server, admin: str) -> Iterator[list[int]]:
    """One after the other; gives how many events each was held against."""
    done: list[int] = []
    over = threading.Event()
    hook = {
        "title": "Edited",
        "trigger": "sms.sent",
        "condition": 'call_duration > 200 and sentiment == "positive"',
        "actions": [{"url": "https://a.example"}],
    }

    def work() -> None:
        while not over.is_set():
            answer = httpx.post(
                f"{server.url}/api/v1/hooks/backtest",
                json={"hook": hook, "events": 50_000},
                headers={"authorization": f"Bearer {admin}"},
                timeout=60,
            )
            done.append(answer.json()["events"])

    thread = threading.Thread(target=work)
    thread.start()
    yield done
    over.set()
    thread.join()


def _backlog() -> None:
    """Events whose receiver is down pile up; then it comes back."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin().start()
        port = free_port()
        try:
            key, admin = server.key(), server.key("admin")
            _hook(server, admin, f"http://127.0.0.1:{port}/in", "call.ended", "other")
            time.sleep(2)
            idle = peak = _memory(server)
            began = time.monotonic()
            for start in range(0, BACKLOG, BATCH):
                _post(server, key, [{"type": "call.ended", "data": _data(n)} for n in range(start, start + BATCH)])
                peak = max(peak, _memory(server))
            took = time.monotonic() - began
            with _counting(port) as seen:
                began = time.monotonic()
                while len(seen) < BACKLOG and time.monotonic() - began < 900:
                    time.sleep(0.5)
                    peak = max(peak, _memory(server))
                drained = time.monotonic() - began
        finally:
            server.kill()
    print(
        f"a backlog of {BACKLOG:,}: taken in {took:.0f} s, memory at most {peak - idle:+.0f} MB of {idle:.0f} MB idle, "
        f"{len(seen):,} drained in {drained:.0f} s ({len(seen) / drained:,.0f}/s); bar: within 100 MB"
    )


def _latencies(server: Server, key: str, sink: Sink, seconds: float) -> list[float]:
    """Milliseconds from posting to arrival, at a steady rate."""
    posted: dict[str, float] = {}
    connection = HTTPConnection("127.0.0.1", server.port)
    prefix, began = f"d{time.time_ns():x}", time.monotonic()
    for number in range(int(RATE * seconds)):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        bench_id = f"{prefix}-{number}"
        posted[bench_id] = time.monotonic()
        body = json.dumps({"type": "call.ended", "data": {"bench_id": bench_id}}, separators=(",", ":"))
        connection.request("POST", "/api/v1/events", body, {"authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 202, answer.status
    connection.close()
    arrived = sink.wait(set(posted))
    return [(arrived[bench_id][0] - at) * 1000 for bench_id, at in posted.items()]


def _hook(server: Server, admin: str, url: str, trigger: str, type: str) -> int:
    hook = {"title": f"To {url}", "trigger": trigger, "type": type, "actions": [{"url": url}]}
    answer = httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers={"authorization": f"Bearer {admin}"})
    answer.raise_for_status()
    return answer.json()["id"]


def _switch(server: Server, admin: str, hook_id: int, *, on: bool) -> None:
    headers = {"authorization": f"Bearer {admin}"}
    url = f"{server.url}/api/v1/hooks/{hook_id}"
    hook = httpx.get(url, headers=headers).json()
    httpx.put(url, json={**hook, "enabled": on}, headers=headers).raise_for_status()


def _post(server: Server, key: str, events: list[dict]) -> None:
    headers = {"authorization": f"Bearer {key}"}
    httpx.post(f"{server.url}/api/v1/events", json=events, headers=headers, timeout=30).raise_for_status()


def _data(number: int) -> dict:
    return {"number": number, "call_duration": 187, "sentiment": "positive", "lead_id": f"lead_{number}"}


def _memory(server: Server) -> float:
    """Megabytes resident."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


@contextlib.contextmanager
def _hanging() -> Iterator[str]:
    """Takes every connection and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1_024)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@contextlib.contextmanager
def _counting(port: int) -> Iterator[set[bytes]]:
    """The webhook ids that came."""
    seen: set[bytes] = set()
    loop = asyncio.new_event_loop()
    header = re.compile(rb"webhook-id: (\S+)", re.IGNORECASE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                await reader.readexactly(int(length[1]) if length else 0)
                if found := header.search(head):
                    seen.add(found[1])
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", port, backlog=1_024))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield seen
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    serving = asyncio.all_tasks(loop)
    for task in serving:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*serving, return_exceptions=True))
    loop.close()


if __name__ == "__main__":
    main()
