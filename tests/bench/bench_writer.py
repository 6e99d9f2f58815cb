"""The store on a real file with synchronous=FULL: events kept, decided and recorded by many callers at once."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from engine.model import (
    Action,
    Actor,
    Attempt,
    Event,
    Execution,
    HookDefinition,
    HookType,
    Method,
    Request,
    Response,
    Role,
    Status,
)
from engine.ports import DecidedEvent, Progress
from storage.store import SqlStore

NOW = datetime(2025, 9, 9, tzinfo=UTC)
BATCH = 100  # as the pipeline decides
DATA = {"call_id": "call_48213", "call_duration": 187, "sentiment": "positive", "summary": "Wants a demo. " * 10}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--callers", type=int, default=64, help="how many wait at once")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.events, arguments.callers))


async def run(events: int, callers: int) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = SqlStore(f"sqlite:///{folder}/bench.db")
        await store.open()
        await _figures(store, events, callers)
        await store.close()


async def _figures(store: SqlStore, events: int, callers: int) -> None:
    hook_id = await _hook(store)
    ids = [f"evt_{number:08}" for number in range(events)]
    executions = [_execution(number, hook_id) for number in range(events)]

    async def append(number: int) -> None:
        await store.append([_event(ids[number])])

    async def decide(batch: int) -> None:
        numbers = range(batch * BATCH, min(events, (batch + 1) * BATCH))
        await store.decide([DecidedEvent(seq=n + 1, revision=1, at=NOW, executions=(executions[n],)) for n in numbers])

    async def record(number: int) -> None:
        await store.record(_progress(executions[number]))

    await _measure(f"append one event, {callers} callers", append, events, callers, bar=8_000)
    await _measure(f"decide {BATCH} events, one caller", decide, -(-events // BATCH), 1, bar=8_000 // BATCH)
    await _measure(f"record one attempt, {callers} callers", record, events, callers, bar=8_000)


async def _measure(name: str, work: Callable[[int], Awaitable[None]], count: int, callers: int, bar: int) -> None:
    """Each caller takes the next number as soon as its last one is on disk."""
    numbers = iter(range(count))
    took: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(_caller(work, numbers, took) for _ in range(callers)))
    rate = count / (time.perf_counter() - began)
    took.sort()
    p50, p99 = (took[int(count * part)] * 1000 for part in (0.5, 0.99))
    print(f"{name}: {rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms; bar: at least {bar:,}/s")


async def _caller(work: Callable[[int], Awaitable[None]], numbers: Iterator[int], took: list[float]) -> None:
    for number in numbers:
        began = time.perf_counter()
        await work(number)
        took.append(time.perf_counter() - began)


async def _hook(store: SqlStore) -> int:
    definition = HookDefinition(
        title="Bench", key="bench", trigger="call.ended", actions=(Action(url="https://example.com/"),)
    )
    actor = Actor(kind="system", id=0, name="bench", role=Role.SYSTEM)
    hook, _ = await store.save_hook(definition, hook_id=None, expected=None, actor=actor, at=NOW, secret="whsec_eA==")
    return hook.id


def _event(id: str) -> Event:
    return Event(id=id, type="call.ended", role=Role.AGENT, occurred_at=NOW, received_at=NOW, data=DATA)


def _execution(number: int, hook_id: int) -> Execution:
    return Execution(
        id=f"exe_{number:08}",
        event_id=f"evt_{number:08}",
        event_type="call.ended",
        hook_id=hook_id,
        hook_version=1,
        hook_title="Bench",
        hook_type=HookType.OTHER,
        status=Status.SUCCEEDED,
        created_at=NOW,
        finished_at=NOW,
    )


def _progress(execution: Execution) -> Progress:
    request = Request(method=Method.POST, url="https://example.com/", headers={"webhook-id": execution.id}, body="{}")
    response = Response(status=200, headers={"content-type": "text/plain"}, body="ok")
    attempt = Attempt(number=1, action=0, started_at=NOW, latency_ms=12.5, request=request, response=response)
    return Progress(execution=execution, attempt=attempt)


if __name__ == "__main__":
    main()
