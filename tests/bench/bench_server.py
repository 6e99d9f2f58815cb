"""The server as a whole: start, memory, acceptance, firing. Server, load and sink share this machine's cores."""

import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.load import Sink, closed_loop, event, percentile
from tests.server import Server

CONNECTIONS = 16
SECONDS = 8.0


def main() -> None:
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin().start()
        try:
            server.stop()
            key = server.key()
            _start(server, key)
            _memory(server)
            _accept(server, key)
            _fire(server, key, sink)
        finally:
            server.stop()
            sink.close()


def _start(server: Server, key: str) -> None:
    began = time.monotonic()
    server.start()
    headers = {"authorization": f"Bearer {key}"}
    answer = httpx.post(f"{server.url}/api/v1/events", content=event("first"), headers=headers)
    print(f"start to first 202: {time.monotonic() - began:.2f} s (status {answer.status_code}); bar: at most 3 s")


def _memory(server: Server) -> None:
    assert server.process is not None
    time.sleep(2)
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    kilobytes = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
    print(f"idle memory: {kilobytes / 1024:.0f} MB resident; bar: at most 150 MB")


def _accept(server: Server, key: str) -> None:
    load = closed_loop(server.port, key, CONNECTIONS, SECONDS)
    print(f"accepted, durable, {CONNECTIONS} connections: {load.line()}; bar: at least 2,000/s")


def _fire(server: Server, key: str, sink: Sink) -> None:
    admin = {"authorization": f"Bearer {server.key('admin')}"}
    hook = {
        "title": "Bench",
        "trigger": "call.ended",
        "condition": 'call_duration > 60 and sentiment == "positive"',
        "actions": [{"url": sink.url}],
    }
    httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=admin).raise_for_status()
    began = time.monotonic()
    load = closed_loop(server.port, key, CONNECTIONS, SECONDS)
    arrived = sink.wait(set(load.posted_at))
    came = [bench_id for bench_id in load.posted_at if bench_id in arrived]
    seconds = max(arrived[bench_id][0] for bench_id in came) - began
    latencies = [(arrived[bench_id][0] - load.posted_at[bench_id]) * 1000 for bench_id in came]
    repeats = sum(len(arrived[bench_id]) - 1 for bench_id in came)
    print(
        f"fired, durable and recorded, {CONNECTIONS} connections: {len(came) / seconds:,.0f}/s, end to end p50 "
        f"{percentile(latencies, 0.5):.1f} ms, p99 {percentile(latencies, 0.99):.1f} ms, "
        f"lost {len(load.posted_at) - len(came)}, repeated {repeats}"
    )


if __name__ == "__main__":
    main()
