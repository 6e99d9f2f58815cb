"""What is damaged is known before it is served: small files as a whole, large ones by their length."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.errors import StoreUnavailable
from main import Settings
from storage import sqlite
from storage.store import SqlStore
from tests.storage.conftest import url_of

FILE = "test.db"

GROWN_AND_KILLED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE grown (data)")
database.executemany("INSERT INTO grown VALUES (?)", [("x" * 4_000,)] * 300)
database.commit()
os._exit(1)
"""


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


@pytest.mark.parametrize("whole", [0, 64 << 20])
async def test_one_behind_a_link_is_taken_after_a_kill(
    closed: Path, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    """Its log is beside the file, not beside the link; and a part of the file may be in the log alone."""
    monkeypatch.setattr(sqlite, "READ_WHOLE", whole)
    elsewhere = closed / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE).symlink_to(closed / FILE)
    subprocess.run([sys.executable, "-c", GROWN_AND_KILLED, str(closed / FILE)], check=False)
    assert (closed / f"{FILE}-wal").exists()

    sqlite.verify(url_of(elsewhere))
    assert sqlite.disk_use(url_of(elsewhere)).used > 1_000_000
    store = SqlStore(url_of(elsewhere))
    await store.open()
    await store.close()

    assert [path.name for path in elsewhere.iterdir()] == [FILE]


async def test_two_ways_to_one_file_are_one_lock(closed: Path) -> None:
    elsewhere = closed / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE).symlink_to(closed / FILE)

    with sqlite.lock(url_of(closed)), pytest.raises(StoreUnavailable, match="serves"):
        sqlite.lock(url_of(elsewhere))


@pytest.mark.parametrize("name", ["two words", "50%20", "a?b#c", "ü&=:@", "~", "new\nline"])
def test_the_database_is_in_the_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert sqlite.path_of(Settings(data_dir=tmp_path / name).store_url) == tmp_path / name / "trigger-hooks.db"


def test_a_circle_of_links_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")

    with pytest.raises(StoreUnavailable, match="cannot be found"):
        sqlite.lock(url_of(tmp_path / "circle"))


def test_a_folder_whose_name_is_not_utf8_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="not UTF-8"):
        Settings(data_dir=tmp_path / os.fsdecode(b"\xff"))
