"""Any text inside, in a million stored events: how long a search takes, and what the index costs.

With a path as its argument the database is kept there, and used again.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from engine import EventQuery
from engine.ports import ExecutionQuery
from storage.store import SqlStore
from tests.bench.load import percentile

EVENTS = 1_000_000
TIMES = 5
FIRST = ("Maria", "John", "Zoë", "Ahmed", "Wei", "Olga", "李明", "田中")
LAST = ("Smith", "Garcia", "Díaz", "Chen", "Kim")
SEARCHES = (
    "positive", "Maria", "smith42", "+14155", "demo thursday", "maria garcia", "evt_0000500000", "wants pric",
    "ositiv", "lead_4821", "550132", "+1 (415) 555-0132", "4155550132", "true", "李明", "田", "👍", "hursd", "42",
    "call_0999999", "nothing like it", "zz", "q9", "garcia499 maria", "ö", "@x", "kim7", "e-mail", "2000000", "999999",
)  # fmt: skip


def main() -> None:
    asyncio.run(run(sys.argv[1] if len(sys.argv) > 1 else None))


async def run(kept: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(kept or folder) / "search.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        store = SqlStore(f"sqlite:///{path}")
        await store.open()
        if (await store.events(EventQuery(limit=1))).items == ():
            await fill(store, path)
        await _search(store)
        await store.close()


async def fill(store: SqlStore, path: Path, events: int = EVENTS) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executemany(
            "INSERT INTO event (id, type, role, occurred_at, received_at, data, test, revision, decided_at)"
            " VALUES (?, ?, 'agent', ?, ?, ?, 0, 0, ?)",
            _rows(events),
        )
        database.commit()
    before, began = _bytes(path), time.process_time()
    while await store.index_text(5_000):
        pass
    spent = (time.process_time() - began) / events * 1_000_000
    print(f"the index takes {(_bytes(path) - before) / events:.0f} bytes and {spent:.0f} µs of the processor an event")
    print(f"the events themselves take {before / events:.0f} bytes each")


async def _search(store: SqlStore) -> None:
    took: list[float] = []
    for words in SEARCHES:
        times: list[float] = []
        page = await store.events(EventQuery(text=words))
        for _ in range(TIMES):
            began = time.perf_counter()
            await store.events(EventQuery(text=words))
            times.append((time.perf_counter() - began) * 1000)
        took += times
        began = time.perf_counter()
        await store.executions(ExecutionQuery(text=words))
        runs = (time.perf_counter() - began) * 1000
        more = "and goes on" if page.next else "in all"
        print(f"  {words:20} {len(page.items):3} {more:12} {statistics.median(times):6.1f} ms, runs {runs:6.1f} ms")
    p95 = percentile(took, 0.95)
    print(f"search in {EVENTS:,} events: p50 {percentile(took, 0.5):.0f} ms, p95 {p95:.0f} ms; bar: p95 100 ms")


def _rows(events: int) -> Iterator[tuple[str, ...]]:
    draw, first = random.Random(1), datetime(2025, 9, 9, 12, tzinfo=UTC)
    for number in range(events):
        at = f"{first + timedelta(seconds=number):%Y-%m-%d %H:%M:%S.%f}"
        kind = "sms.received" if number % 10 == 0 else "call.ended"
        yield f"evt_{number:010}", kind, at, at, orjson.dumps(_data(draw, number)).decode(), at


def _data(draw: random.Random, number: int) -> dict[str, object]:
    phone = f"{draw.randrange(2_000_000_000, 9_999_999_999)}"
    written = f"+1{phone}" if number % 4 else f"+1 ({phone[:3]}) {phone[3:6]}-{phone[6:]}"
    return {
        "call_id": f"call_{number:07}",
        "lead_id": f"lead_{draw.randrange(100_000)}",
        "first_name": draw.choice(FIRST),
        "last_name": f"{draw.choice(LAST)}{draw.randrange(500)}",
        "phone_number": written,
        "call_duration": draw.randrange(600),
        "lead_score": draw.randrange(100),
        "voicemail": draw.random() < 0.1,
        "sentiment": draw.choice(("positive", "neutral", "negative")),
        "summary": "Asked for a demo on Thursday, prefers the afternoon, and wants pricing by e-mail first."
        + ("" if number % 1_000 else " 👍"),
    }


def _bytes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


if __name__ == "__main__":
    main()
