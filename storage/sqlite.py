"""What is SQLite's own: connections, their settings, and who begins a transaction."""

import fcntl
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from engine.errors import StoreUnavailable
from engine.model import DiskUse

READERS = 4
TURNS = 50
READ_WHOLE = 64 << 20
MOST_LOG = 16 << 20

_BOTH = ("PRAGMA busy_timeout=5000", "PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL", "PRAGMA temp_store=MEMORY")


def write_engine(url: str) -> Engine:
    """For the one connection that writes; its transactions begin by taking the write lock."""
    engine = _engine(url, _BOTH, "BEGIN IMMEDIATE", pool_size=1)
    event.listen(engine, "connect", _enter_wal)
    return engine


def read_engine(url: str) -> Engine:
    """For connections that only read, and see one moment for as long as a transaction lasts."""
    return _engine(url, (*_BOTH, "PRAGMA query_only=ON"), "BEGIN", pool_size=READERS)


def url_of(path: Path) -> str:
    """Whatever characters it has: unquoted, `?`, `#` and `%` would lead to another file."""
    return f"sqlite:///{quote(str(path))}"


def path_of(url: str) -> Path:
    """The file itself: through a link too, SQLite keeps its log, and we our lock, beside that.

    Raises StoreUnavailable where links lead in a circle.
    """
    path = Path(make_url(url).database or "")
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise StoreUnavailable(f"The database {path} cannot be found: {error}.") from None


def resolved(url: str) -> str:
    """The same without links, so that all connections are to one file, also where a link is changed meanwhile."""
    return make_url(url).set(database=str(path_of(url))).render_as_string(hide_password=False)


def make_folder(url: str) -> None:
    """Where the file will be. Raises StoreUnavailable."""
    if make_url(url).database:
        try:
            path_of(url).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"The folder of the database cannot be made: {error}.") from error


def disk_use(url: str) -> DiskUse:
    path = path_of(url)
    parts = [path, _log_of(path), path.with_name(f"{path.name}-shm")]
    disk = shutil.disk_usage(path.parent)
    used = sum(part.stat().st_size for part in parts if part.exists())
    return DiskUse(used=used, free=disk.free, total=disk.total)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _enter_wal(connection: Any, _: object) -> None:
    """Two that turn a new file to WAL at once refuse each other without waiting; whoever lost waits for the lock."""
    for _ in range(TURNS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    raise StoreUnavailable("The database cannot be opened: others keep changing it.")


def verify(url: str) -> None:
    """Changes nothing. Raises StoreUnavailable where the file is damaged, or no database.

    All of a small one is read; of a large one, which would take long, whether it is a database and whole in length.
    """
    path = path_of(url)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
            found = "ok" if _looks_whole(connection, path) else _checked(connection)
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        said = " ".join(found.split())
        raise StoreUnavailable(
            f"The database {path} is damaged ({said}). Put a copy of it in its place, and start again."
        )


def _looks_whole(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether its length is right, where all of it would take long to read."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    length = path.stat().st_size
    return length > READ_WHOLE and not length % size and length >= pages * size


def _checked(connection: sqlite3.Connection) -> str:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return found


def empty_log(url: str) -> None:
    """Brings the log into the file, and empties it as far as nobody reads it."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def shrink_log(url: str) -> None:
    """Brings down a log that grew while a reader kept it from being begun anew.

    Most is done beside the writer, and nobody is waited for: while it is in use, it is left for later.
    """
    path = path_of(url)
    log = _log_of(path)
    if not log.exists() or log.stat().st_size <= MOST_LOG:
        return
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(path.as_uri() + "?mode=rw", uri=True, timeout=0, isolation_level=None)) as connection,
    ):
        for how in ("PASSIVE", "TRUNCATE"):
            connection.execute(f"PRAGMA wal_checkpoint({how})")


def lock(url: str) -> IO[str]:
    """Held for as long as the file that this gives is open. Raises StoreUnavailable where another server holds it."""
    make_folder(url)
    database = path_of(url)
    path = database.with_name(f"{database.name}.lock")
    try:
        held = path.open("w")
    except OSError as error:
        raise StoreUnavailable(f"The folder of the database cannot be written to: {error}.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        message = f"Another Trigger Hooks serves {database} already. Stop it first, or give this one its own DATA_DIR."
        raise StoreUnavailable(message) from None
    return held


def _engine(url: str, pragmas: tuple[str, ...], begin: str, pool_size: int) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=pool_size, max_overflow=0, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        # The driver's own transaction handling begins too late, and never for reads.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
