"""Opening, closing, and other processes on the same file."""

import asyncio
import sqlite3
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.errors import StoreUnavailable
from storage.store import SqlStore
from tests.storage.conftest import event, stored, url_of

ROOT = Path(__file__).parents[2]

WRITES = """
import asyncio, sys
from storage.store import SqlStore
from tests.storage.conftest import event

async def main():
    store = SqlStore(sys.argv[1])
    await store.open()
    await store.append([event(sys.argv[2])])
    await store.close()

asyncio.run(main())
"""


@asynccontextmanager
async def writers(url: str, count: int) -> AsyncIterator[list[Process]]:
    """So many processes that each write an event; they are ended with the test, whatever happens in it."""
    processes: list[Process] = []
    try:
        for number in range(count):
            arguments = ("-c", WRITES, url, f"other_{number}")
            processes.append(await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT))
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_a_closed_store_refuses_instead_of_waiting_for_ever(store: SqlStore) -> None:
    await store.close()

    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(store.append([event()]), 5)


async def test_closing_brings_everything_into_the_one_file(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path))
    await store.open()
    await store.append([event()])
    await store.close()

    assert [path.name for path in tmp_path.iterdir()] == ["test.db"]


async def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = SqlStore(url_of(tmp_path / "file" / "data"))

    with pytest.raises(StoreUnavailable, match="folder"):
        await store.open()
    await store.close()


async def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_text("not a database" * 500)
    store = SqlStore(url_of(tmp_path))

    with pytest.raises(StoreUnavailable, match="not a database"):
        await store.open()
    await store.close()


@pytest.mark.migrations
async def test_many_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    for attempt in range(20):
        stores = [SqlStore(url_of(tmp_path / str(attempt))) for _ in range(4)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(store.close() for store in stores))


async def test_processes_may_write_while_the_store_is_open(store: SqlStore, tmp_path: Path) -> None:
    async with writers(url_of(tmp_path), 2) as processes:
        for number in range(50):
            await store.append([event(f"own_{number}")])
        assert [await process.wait() for process in processes] == [0, 0]

    found = {accepted.event.id for accepted in await store.undecided(100, set())}

    assert found == {f"own_{number}" for number in range(50)} | {"other_0", "other_1"}


async def test_a_database_that_others_keep_locked_is_unavailable_until_they_let_go(
    store: SqlStore, tmp_path: Path
) -> None:
    def be_impatient(connection: Connection, times: Sequence[int]) -> list[None]:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {times[0]}")
        return [None] * len(times)

    await store._writer.submit(be_impatient, 20)
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.append([event()])
        other.execute("ROLLBACK")

    assert await stored(store, [event()]) == [1]


async def test_a_database_that_may_only_be_read_is_unavailable(store: SqlStore) -> None:
    def forbid(connection: Connection, choices: Sequence[str]) -> list[None]:
        connection.exec_driver_sql(f"PRAGMA query_only = {choices[0]}")
        return [None] * len(choices)

    await store._writer.submit(forbid, "ON")

    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.append([event()])
    with pytest.raises(StoreUnavailable):
        await store.check()


def test_migrations_are_found_from_any_folder(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {WRITES}"

    done = subprocess.run([sys.executable, "-c", program, url_of(tmp_path), "e"], cwd=tmp_path, check=False, timeout=60)

    assert done.returncode == 0
