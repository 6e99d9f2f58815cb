"""Looking back: back-tests of 500 and 50,000 events, beside live traffic, and searches in a million events."""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson

from engine import SYSTEM, Engine, EngineSettings, EventQuery
from main import SWITCH_SECONDS
from storage.store import SqlStore
from tests.bench.load import percentile

EVENTS = 1_000_000
CONDITION = 'call_duration > 60 and sentiment == "positive" and lead_score >= 80'
SEARCHES = ("positive", "Maria", "smith42", "+14155", "demo thursday", "maria garcia", "evt_0000500000", "wants pric")


def main() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(run())


async def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        store = SqlStore(url)
        await store.open()
        await store.close()
        _fill(Path(folder) / "bench.db")
        engine = Engine(SqlStore(url), EngineSettings(version="0"))
        await engine.open()
        while await engine._store.index_text(5_000):
            pass
        hook = {
            "title": "Bench",
            "trigger": "call.ended",
            "condition": CONDITION,
            "actions": [{"url": "https://a.example"}],
        }
        saved = await engine.hooks.save(hook, actor=SYSTEM)
        edited = {**hook, "id": saved.id, "condition": CONDITION.replace("60", "90")}
        await _timed("back-test of 500 events", 20, lambda: engine.insight.backtest(edited), "100 ms")
        await _timed("back-test of 50,000 events", 3, lambda: engine.insight.backtest(edited, 50_000), "5,000 ms")
        await _stalls(lambda: engine.insight.backtest(edited, 50_000))
        worst = 0.0
        for words in SEARCHES:
            began = time.perf_counter()
            await engine.insight.events(EventQuery(text=words))
            worst = max(worst, time.perf_counter() - began)
        print(f"search in {EVENTS:,} events: slowest of {len(SEARCHES)} {worst * 1000:.0f} ms; bar: 100 ms")
        await engine.close()


async def _timed(what: str, times: int, work: Callable[[], Awaitable[object]], bar: str) -> None:
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    print(f"{what}: p50 {percentile(took, 0.5):.0f} ms, worst {max(took):.0f} ms; bar: at most {bar}")


async def _stalls(work: Callable[[], Awaitable[object]]) -> None:
    """How late the loop is for a tick of a millisecond, alone and beside a long back-test."""

    async def late(until: Callable[[], bool]) -> list[float]:
        lateness: list[float] = []
        while not until():
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            lateness.append((time.perf_counter() - began) * 1000 - 1)
        return lateness

    end = time.perf_counter() + 2
    alone = await late(lambda: time.perf_counter() > end)
    task = asyncio.ensure_future(work())
    beside = await late(task.done)
    print(
        f"the loop is late by p95 {percentile(alone, 0.95):.2f} ms alone, {percentile(beside, 0.95):.2f} ms beside "
        "a back-test of 50,000"
    )


def _fill(path: Path) -> None:
    draw = random.Random(1)
    first, last = ("Maria", "John", "Zoë", "Ahmed", "Wei", "Olga"), ("Smith", "Garcia", "Díaz", "Chen", "Kim")
    moment = datetime(2025, 9, 9, 12, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(EVENTS):
            data = {
                "call_id": f"call_{number:07}",
                "lead_id": f"lead_{draw.randrange(100_000)}",
                "first_name": draw.choice(first),
                "last_name": f"{draw.choice(last)}{draw.randrange(500)}",
                "phone_number": f"+1{draw.randrange(2_000_000_000, 9_999_999_999)}",
                "call_duration": draw.randrange(600),
                "lead_score": draw.randrange(100),
                "sentiment": draw.choice(("positive", "neutral", "negative")),
                "summary": "Asked for a demo on Thursday, prefers the afternoon, and wants pricing by e-mail first.",
            }
            yield (f"evt_{number:010}", "call.ended", "agent", moment, moment, orjson.dumps(data).decode(), False, 0)

    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executemany(
            "INSERT INTO event (id, type, role, occurred_at, received_at, data, test, revision)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows(),
        )
        database.commit()


if __name__ == "__main__":
    main()
