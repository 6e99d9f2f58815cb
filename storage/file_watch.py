"""Whether the files that are open are still those at their places. To a deleted one, SQLite goes on writing."""

from pathlib import Path

from engine.errors import StoreUnavailable
from storage.log_watch import LogWatch

_Identity = tuple[int, int]

_BESIDE = {
    "-wal": "would be lost at the next start",
    "-shm": "could be lost, as other processes do not see it",
    ".lock": "could be lost, as a second server may start beside this one",
}
"""What belongs to the database, and what becomes of what is stored without it."""


class FileWatch:
    def __init__(self, path: Path) -> None:
        self._path, self._log = path, LogWatch(path)
        self._opened: dict[Path, _Identity] = {}

    def opened(self) -> None:
        """Notes which files they are. The log and its index exist from the first transaction on, until the last
        connection ends; the lock exists where a server holds it."""
        for path in (self._path, *(self._path.with_name(f"{self._path.name}{end}") for end in _BESIDE)):
            if identity := _identity(path):
                self._opened[path] = identity

    def check(self) -> None:
        """Takes microseconds. Raises StoreUnavailable."""
        for path, identity in self._opened.items():
            if (found := _identity(path)) != identity:
                raise StoreUnavailable(_told(path, replaced=found is not None))
        if self._opened and self._log.is_cut():
            raise StoreUnavailable(
                f"The log {self._path}-wal was cut short while the server runs, so what was stored last is lost. "
                "Nothing is taken. Put a copy of the database in its place, and start the server again."
            )


def _identity(path: Path) -> _Identity | None:
    """None where there is no file, or none can be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _told(path: Path, *, replaced: bool) -> str:
    what = "replaced by another file" if replaced else "deleted or moved"
    harm = next((harm for end, harm in _BESIDE.items() if path.name.endswith(end)), _BESIDE["-wal"])
    return (
        f"{path} was {what} while the server runs. Nothing is taken, since it {harm}. "
        "Put that very file back; or put a copy of the database in its place, and start the server again."
    )
