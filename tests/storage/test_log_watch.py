"""A log that was cut short ends all writing; one that SQLite emptied itself does not."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import StoreUnavailable
from storage import sqlite
from storage.store import SqlStore
from tests.storage.conftest import event, stored, url_of

LOG = "test.db-wal"
LARGE = {"text": "x" * 2_000}


async def _written(store: SqlStore, name: str) -> None:
    for number in range(20):
        await stored(store, [event(f"{name} {number}", data=LARGE)])


@pytest.mark.parametrize("left", [0, 10, 32, 50_000])
async def test_a_log_that_was_cut_short_ends_all_writing(store: SqlStore, tmp_path: Path, left: int) -> None:
    await _written(store, "before")
    os.truncate(tmp_path / LOG, left)

    for number in range(2):
        with pytest.raises(StoreUnavailable, match="cut short"):
            await stored(store, [event(f"after {number}")])


async def test_a_gap_at_its_beginning_is_seen_too(store: SqlStore, tmp_path: Path) -> None:
    """As it is where it was emptied just as something was written."""
    await _written(store, "before")
    size = (tmp_path / LOG).stat().st_size
    os.truncate(tmp_path / LOG, 0)
    os.truncate(tmp_path / LOG, size + 8_192)

    with pytest.raises(StoreUnavailable, match="cut short"):
        await stored(store, [event("after")])


@pytest.mark.parametrize("statement", ["PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(RESTART)", "VACUUM"])
async def test_what_sqlite_does_to_the_log_itself_is_no_damage(store: SqlStore, tmp_path: Path, statement: str) -> None:
    """By other programs, such as those that make copies."""
    for number in range(3):
        await _written(store, f"before {number}")
        with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
            other.execute(statement)
        await stored(store, [event(f"after {number}")])


async def test_nor_is_what_upkeep_does_to_it(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "MOST_LOG", 0)
    await _written(store, "before")
    await store.shrink_log()
    assert (tmp_path / LOG).stat().st_size == 0
    await store.check_files()
    await _written(store, "after")

    sqlite.empty_log(url_of(tmp_path))
    await store.check()
