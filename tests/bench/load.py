"""A load generator and a sink, in processes of their own so that they do not share the server's loop. Loopback only."""

import asyncio
import json
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.prefork import end_with_parent

ID = re.compile(rb'"bench_id":"([^"]+)"')
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Load:
    """What a closed loop came to; times in milliseconds."""

    accepted: int
    refused: int
    seconds: float
    latencies: list[float]
    posted_at: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds

    def line(self) -> str:
        p50, p99 = statistics.median(self.latencies), percentile(self.latencies, 0.99)
        return f"{self.per_second:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, refused {self.refused}"


def event(bench_id: str) -> bytes:
    """About what a telephony platform sends at the end of a call."""
    data = {
        "bench_id": bench_id,
        "call_duration": 187,
        "sentiment": "positive",
        "lead_id": "lead_48213",
        "first_name": "Zoë",
        "phone_number": "+14155550132",
        "country": "US",
        "summary": "Asked for a demo on Thursday, prefers the afternoon, and wants pricing by e-mail first.",
        "tags": ["webinar", "q3"],
    }
    return json.dumps({"type": "call.ended", "id": bench_id, "data": data}, separators=(",", ":")).encode()


def closed_loop(port: int, key: str, connections: int, seconds: float) -> Load:
    """Each connection posts its next event as soon as the last was answered."""
    return _in_process(_closed_loop, port, key, connections, seconds)


def open_loop(port: int, key: str, rate: float, seconds: float) -> Load:
    """Event n is due at n ÷ rate, whatever became of those before it; latencies and `posted_at` count from then."""
    return _in_process(_open_loop, port, key, rate, seconds)


def _in_process(work: Callable[..., Load], *arguments: object) -> Load:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_report, args=(work, theirs, arguments), daemon=True)
    process.start()
    theirs.close()  # so that a process that ends without a report is no endless wait
    try:
        return ours.recv()
    finally:
        process.terminate()
        process.join()


def _report(work: Callable[..., Load], pipe: Connection, arguments: tuple[object, ...]) -> None:
    end_with_parent()
    pipe.send(work(*arguments))


def _closed_loop(port: int, key: str, connections: int, seconds: float) -> Load:
    load, prefix = Load(0, 0, 0.0, [], {}), f"b{time.time_ns():x}"

    async def worker(number: int, end: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.monotonic() < end:
            bench_id, count = f"{prefix}-{number}-{count}", count + 1
            await _post(reader, writer, key, bench_id, time.monotonic(), load)
        writer.close()

    async def run() -> None:
        began = time.monotonic()
        await asyncio.gather(*(worker(number, began + seconds) for number in range(connections)))
        load.seconds = time.monotonic() - began

    asyncio.run(run())
    return load


def _open_loop(port: int, key: str, rate: float, seconds: float) -> Load:
    load, prefix = Load(0, 0, 0.0, [], {}), f"o{time.time_ns():x}"
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def one(number: int, due: float) -> None:
        reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
        await _post(reader, writer, key, f"{prefix}-{number}", due, load)
        idle.append((reader, writer))

    async def run() -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as posts:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                posts.create_task(one(number, due))
        load.seconds = time.monotonic() - began
        for _, writer in idle:
            writer.close()

    asyncio.run(run())
    return load


async def _post(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str, bench_id: str, due: float, load: Load
) -> None:
    body = event(bench_id)
    writer.write(
        b"POST /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n%b" % (key.encode(), len(body), body)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    load.latencies.append((time.monotonic() - due) * 1000)
    if head.startswith(b"HTTP/1.1 202"):
        load.accepted += 1
        load.posted_at[bench_id] = due
    else:
        load.refused += 1


class Sink:
    """Receives what hooks send, in a process of its own, and notes when. One clock serves all: CLOCK_MONOTONIC."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_sink, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.url = f"http://127.0.0.1:{self._pipe.recv()}/in"

    def arrivals(self) -> dict[str, list[float]]:
        """Monotonic seconds of every arrival, by event."""
        self._pipe.send("arrivals")
        return self._pipe.recv()

    def wait(self, ids: set[str], seconds: float = 60) -> dict[str, list[float]]:
        end = time.monotonic() + seconds
        while True:
            arrived = self.arrivals()
            if ids <= arrived.keys() or time.monotonic() > end:
                return arrived
            time.sleep(0.2)

    def close(self) -> None:
        self._process.terminate()
        self._process.join()


def _sink(pipe: Connection) -> None:
    end_with_parent()
    arrivals: dict[str, list[float]] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                if found := ID.search(body):
                    arrivals.setdefault(found[1].decode(), []).append(time.monotonic())
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        loop.add_reader(pipe.fileno(), lambda: (pipe.recv(), pipe.send(arrivals)))
        await server.serve_forever()

    asyncio.run(run())
