"""Group commit: everybody waits for their own commit, and pays for their own mistakes alone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.errors import InvalidHook, Overloaded, StoreUnavailable
from engine.model import Flow
from storage import writer
from storage.store import SqlStore
from tests.storage.conftest import event, saved, stored, url_of


async def test_many_callers_share_a_transaction_and_all_is_stored(store: SqlStore) -> None:
    await asyncio.gather(*(store.append([event(f"e{number}")]) for number in range(300)))

    assert len(await store.undecided(1_000, set())) == 300


async def test_one_that_fails_takes_nobody_with_it(store: SqlStore) -> None:
    await saved(store)
    orders = [saved(store), *(store.append([event(f"e{number}")]) for number in range(20))]

    results = await asyncio.gather(*orders, return_exceptions=True)

    assert isinstance(results[0], InvalidHook)
    assert [isinstance(result, Exception) for result in results[1:]] == [False] * 20
    assert len(await store.undecided(100, set())) == 20


async def test_a_caller_that_gives_up_harms_nobody(store: SqlStore) -> None:
    abandoned = [asyncio.ensure_future(store.append([event(f"a{number}")])) for number in range(20)]
    await asyncio.sleep(0)
    for task in abandoned:
        task.cancel()
    await asyncio.gather(*abandoned, return_exceptions=True)

    assert await stored(store, [event("after")]) != [None]


async def test_closing_stores_what_was_submitted_before(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path))
    await store.open()
    orders = [asyncio.ensure_future(store.append([event(f"e{number}")])) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*orders)

    store = SqlStore(url_of(tmp_path))
    await store.open()
    assert len(await store.undecided(100, set())) == 50
    await store.close()


async def test_when_full_events_are_refused_and_all_else_waits(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 2)
    orders = [asyncio.ensure_future(store.append([event(f"e{number}")])) for number in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await store.append([event("too many")])
    waiting = [asyncio.ensure_future(store.check()) for _ in range(5)]

    await asyncio.wait_for(asyncio.gather(*orders, *waiting), 5)

    assert len(await store.undecided(10, set())) == 2


async def test_a_full_disk_is_told_in_words_and_forgotten_when_there_is_room(store: SqlStore) -> None:
    def bound(connection: Connection, pages: Sequence[int]) -> list[None]:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")
        return [None] * len(pages)

    await store._writer.submit(bound, 1)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.append([event("refused", data={"text": "x" * 200_000})])
    await store._writer.submit(bound, 1_000_000)

    assert await stored(store, [event("taken")]) == [1]
    assert [accepted.event.id for accepted in await store.undecided(10, set())] == ["taken"]


KILLED = """
import asyncio, os, signal, sys
from storage.store import SqlStore
from tests.storage.conftest import event

async def main():
    store = SqlStore(sys.argv[1])
    await store.open()
    await store.append([event("kept")])
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url_of(tmp_path)],
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == -9

    store = SqlStore(url_of(tmp_path))
    await store.open()
    found = await store.undecided(10, set())
    await store.close()

    assert [accepted.event.id for accepted in found] == ["kept"]


async def test_bulk_has_transactions_of_its_own_and_takes_turns(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = list[list[str]]()
    commit = writer._commit

    def noted(connection: Connection, batch: Sequence[writer._Order]) -> list[writer._Result]:
        batches.append([one.id for order in batch for one in order.argument])
        return commit(connection, batch)

    monkeypatch.setattr(writer, "_commit", noted)
    bulk = Flow(sender="key:1", bulk=True)
    arrays = [[event(f"bulk {n}", flow=bulk)] for n in range(3)]
    await asyncio.gather(*(store.append(events) for events in [*arrays, [event("live 0")], [event("live 1")]]))

    assert [[id] for id in ("bulk 0", "bulk 1", "bulk 2")] == [one for one in batches if "bulk" in one[0]]
    assert "bulk 2" in batches[-1], "live ones do not wait until all of the bulk is stored"
