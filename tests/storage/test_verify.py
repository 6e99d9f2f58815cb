"""What is damaged is known before it is served: small files as a whole, large ones by their length."""

import os
from pathlib import Path

import pytest

from engine.errors import StoreUnavailable
from storage import sqlite
from storage.store import SqlStore
from tests.storage.conftest import url_of

FILE = "test.db"


@pytest.fixture
async def closed(tmp_path: Path) -> Path:
    store = SqlStore(url_of(tmp_path))
    await store.open()
    await store.close()
    return tmp_path


async def test_a_sound_one_and_none_at_all_are_taken(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite.verify(url_of(closed))
    monkeypatch.setattr(sqlite, "READ_WHOLE", 0)
    sqlite.verify(url_of(closed))
    sqlite.verify(url_of(closed / "none"))


@pytest.mark.parametrize("whole", [0, 64 << 20])
async def test_one_that_lost_its_end_is_refused(closed: Path, monkeypatch: pytest.MonkeyPatch, whole: int) -> None:
    monkeypatch.setattr(sqlite, "READ_WHOLE", whole)
    os.truncate(closed / FILE, (closed / FILE).stat().st_size - 4_096)

    with pytest.raises(StoreUnavailable, match="damaged"):
        sqlite.verify(url_of(closed))


async def test_a_page_that_was_written_over_is_found_in_a_small_one(closed: Path) -> None:
    with (closed / FILE).open("r+b") as file:
        for page in range(4, 30, 3):
            file.seek(page * 4_096)
            file.write(b"\xa5" * 4_096)

    with pytest.raises(StoreUnavailable, match="damaged"):
        sqlite.verify(url_of(closed))
