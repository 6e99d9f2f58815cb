"""What the index of texts adds to accepting an event: the server's processor time, with it and without it.

Processor time, since other work on the machine changes it little; of an empty database and of one with many events.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from storage.store import SqlStore
from tests.bench import bench_search
from tests.bench.load import closed_loop
from tests.server import Server

EVENTS = 200_000
ROUNDS = 3
CONNECTIONS = 16
SECONDS = 5.0
WITH = ("main.py",)
_SWITCHED_OFF = """
import asyncio, runpy
from engine.history.text_index import TextIndex

async def run(self):
    await asyncio.Event().wait()

TextIndex.run = run
runpy.run_path("main.py", run_name="__main__")
"""
WITHOUT = ("-c", _SWITCHED_OFF)
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        empty, full = Path(folder) / "empty", Path(folder) / "full"
        empty.mkdir()
        Server(empty).with_admin().start().stop()
        shutil.copytree(empty, full)
        asyncio.run(_fill(next(full.glob("*.db"))))
        for name, prepared in (("an empty database", empty), (f"{EVENTS:,} events", full)):
            costs = {program: [_cost(prepared, program) for _ in range(ROUNDS)] for program in (WITHOUT, WITH)}
            without, with_ = (min(costs[program]) for program in (WITHOUT, WITH))
            print(f"{name}: {without:.0f} µs an event without the index, {with_:.0f} µs with it", end="; ")
            print(f"{with_ / without - 1:+.0%}, bar: +20 %")


async def _fill(path: Path) -> None:
    store = SqlStore(f"sqlite:///{path}")
    await store.open()
    await bench_search.fill(store, path, EVENTS)
    await store.close()


def _cost(prepared: Path, program: tuple[str, ...]) -> float:
    """Microseconds of the server for each event, from its acceptance until it is indexed."""
    with tempfile.TemporaryDirectory(dir=prepared.parent) as folder:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        server = Server(Path(folder)).with_admin()
        key = server.key()
        server.start(program=program)
        try:
            closed_loop(server.port, key, CONNECTIONS, 0.5)
            _await_index(server, program)
            began = _spent(server)
            load = closed_loop(server.port, key, CONNECTIONS, SECONDS)
            _await_index(server, program)
            return (_spent(server) - began) / load.accepted * 1_000_000
        finally:
            server.stop()


def _await_index(server: Server, program: tuple[str, ...]) -> None:
    time.sleep(1)
    with closing(sqlite3.connect(next(server.data_dir.glob("*.db")))) as database:
        while program == WITH and _behind(database):
            time.sleep(0.2)


def _behind(database: sqlite3.Connection) -> bool:
    asked = "SELECT (SELECT max(seq) FROM event) > (SELECT coalesce(max(id), 0) FROM event_text_docsize)"
    return bool(database.execute(asked).fetchone()[0])


def _spent(server: Server) -> float:
    """Seconds of the processor."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
