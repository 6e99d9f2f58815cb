"""What is SQLite's own: connections, their settings, and who begins a transaction."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

READERS = 4

_BOTH = ("PRAGMA busy_timeout=5000", "PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL", "PRAGMA temp_store=MEMORY")


def write_engine(url: str) -> Engine:
    """For the one connection that writes; its transactions begin by taking the write lock."""
    if path := make_url(url).database:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return _engine(url, ("PRAGMA journal_mode=WAL", *_BOTH), "BEGIN IMMEDIATE", pool_size=1)


def read_engine(url: str) -> Engine:
    """For connections that only read, and see one moment for as long as a transaction lasts."""
    return _engine(url, (*_BOTH, "PRAGMA query_only=ON"), "BEGIN", pool_size=READERS)


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
