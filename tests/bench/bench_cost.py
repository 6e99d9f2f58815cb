"""What an event costs: microseconds of the server's CPU, which stay the same on a busy machine.

`FOLDER` of another checkout as an argument measures that one beside this, in turns.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path
from time import sleep

import httpx

from tests.bench.load import Sink, closed_loop
from tests.server import Server

CONNECTIONS, SECONDS, ROUNDS = 16, 5.0, 3
TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    others = [Path(folder) for folder in sys.argv[1:]]
    figures: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for root in (None, *others):
            for name, cost in _costs(root).items():
                figures.setdefault(f"{name}{f' ({root})' if root else ''}", []).append(cost)
    for name, costs in figures.items():
        low, high = min(costs), max(costs)
        print(f"{name}: {statistics.median(costs):,.0f} us of CPU an event ({low:,.0f} to {high:,.0f})")


def _costs(root: Path | None) -> dict[str, float]:
    sink = Sink()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).with_admin()
        program = (str(root / "main.py"),) if root else ()
        server.start(60, *([program] if program else []))
        try:
            return {"nobody waits": _cost(server), "one hook fires": _fired(server, sink)}
        finally:
            server.stop()
            sink.close()


def _fired(server: Server, sink: Sink) -> float:
    admin = {"authorization": f"Bearer {server.key('admin')}"}
    hook = {
        "title": "Bench",
        "trigger": "call.ended",
        "condition": 'call_duration > 60 and sentiment == "positive"',
        "actions": [{"url": sink.url}],
    }
    httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=admin, timeout=30).raise_for_status()
    return _cost(server, sink)


def _cost(server: Server, sink: Sink | None = None) -> float:
    """Until all of it has arrived, if there is a sink."""
    key = server.key()
    before = _used(server)
    load = closed_loop(server.port, key, CONNECTIONS, SECONDS)
    if sink and set(load.posted_at) - sink.wait(set(load.posted_at)).keys():
        raise SystemExit("some events did not arrive: this run does not count")
    sleep(1)
    return (_used(server) - before) * TICK_US / load.accepted


def _used(server: Server) -> int:
    """Ticks of user and system time."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
