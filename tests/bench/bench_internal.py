"""One event at a time through the whole engine, to an endpoint inside the process and to a receiver on loopback."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from engine import SYSTEM, Engine, EngineSettings, Execution, Role
from engine.actions.http import parse_networks
from engine.events.draft import EventDraft
from engine.model import Actor
from main import SWITCH_SECONDS
from storage.store import SqlStore

ROUNDS = 300
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
INSIDE = "https://internal.ai-sync.com"


async def run() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    outside = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    with tempfile.TemporaryDirectory() as folder:
        settings = EngineSettings(version="0", allowed_networks=parse_networks("127.0.0.0/8"))
        engine = Engine(SqlStore(f"sqlite:///{Path(folder) / 'bench.db'}"), settings)
        await engine.start()
        targets = {
            "call.ended": ("a receiver on loopback", outside),
            "call.started": ("/echo, which changes nothing", f"{INSIDE}/echo"),
            "sms.received": ("/notify, which stores", f"{INSIDE}/notify?title=Called"),
        }
        for type, (_, url) in targets.items():
            raw = {"title": url, "trigger": type, "actions": [{"url": url}]}
            await engine.hooks.save(raw, actor=SYSTEM)
        took: dict[str, list[float]] = {type: [] for type in targets}
        calls: dict[str, list[float]] = {type: [] for type in targets}
        for _ in range(ROUNDS):
            for type in targets:
                began = time.perf_counter()
                ended = await _one(engine, type)
                took[type].append((time.perf_counter() - began) * 1000)
                calls[type].append(ended.attempts[0].latency_ms)
        for type, (name, _) in targets.items():
            print(
                f"posted to recorded, {name}: p50 {median(took[type]):.1f} ms, of it the call {median(calls[type]):.1f}"
            )
        print("bar: an internal action adds at most 3 ms")
        await engine.stop()
    server.close()


async def _one(engine: Engine, type: str) -> Execution:
    ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

    def watch(execution: Execution) -> None:
        if execution.finished_at and not ended.done():
            ended.set_result(execution)

    _, leave = engine.feed.join(watch)
    data = {"lead_id": "L1", "first_name": "Maria"}
    await engine.accept([EventDraft(type=type, data=data, id=None, occurred_at=None)], AGENT)
    try:
        return await ended
    finally:
        leave()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    except asyncio.IncompleteReadError:
        writer.close()


def main() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(run())


if __name__ == "__main__":
    main()
