"""Whether the write-ahead log is as SQLite left it. Of one that somebody cut short, SQLite notices nothing: it goes on
writing behind the gap, and at the next start all of that is gone."""

import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEAD_BYTES: Final = 24
"""They change whenever SQLite begins the log anew."""
_MAGIC: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_DAMAGE: Final = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB")


@dataclass(frozen=True, slots=True)
class _Log:
    head: bytes = b""
    size: int = 0


class LogWatch:
    """SQLite shortens a log only by emptying it, after all of it is in the database."""

    def __init__(self, database: Path) -> None:
        self._database, self._path = database, database.with_name(f"{database.name}-wal")
        self._last = _Log()
        self._is_cut = False
        self._one_at_a_time = threading.Lock()

    def is_cut(self) -> bool:
        """Stays so, as what is lost does not come back. Takes microseconds."""
        with self._one_at_a_time:
            if not self._is_cut and (log := self._read()) is not None:
                self._is_cut, self._last = self._was_cut(log), log
            return self._is_cut

    def _was_cut(self, log: _Log) -> bool:
        if log.size == 0:
            return self._last.size > 0 and _lacks_pages(self._database)
        is_whole = log.head[:4] in _MAGIC and len(log.head) == _HEAD_BYTES
        return not is_whole or (log.head == self._last.head and log.size < self._last.size)

    def _read(self) -> _Log | None:
        """None if there is no log."""
        try:
            with self._path.open("rb") as file:
                return _Log(file.read(_HEAD_BYTES), os.fstat(file.fileno()).st_size)
        except OSError:
            return None


def _lacks_pages(database: Path) -> bool:
    """Of an empty log: whether SQLite still looks for pages in it."""
    try:
        with closing(sqlite3.connect(database.as_uri() + "?mode=rw", uri=True, timeout=0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.Error as error:
        return error.sqlite_errorname.startswith(_DAMAGE)
    return False
