"""The base of all stores. Reads run in a few threads; every write goes through the single writer."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from engine.errors import StoreUnavailable
from storage import sqlite
from storage.writer import Writer

P = ParamSpec("P")
R = TypeVar("R")


class SqlBase:
    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy URL, such as `sqlite:///data/trigger-hooks.db`."""
        self._url = url
        self._write_engine = sqlite.write_engine(url)
        self._read_engine = sqlite.read_engine(url)
        self._readers = ThreadPoolExecutor(sqlite.READERS, thread_name_prefix="reader")
        self._writer = Writer(self._write_engine)

    async def _write(self, edit: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs an edit with its own session, in the writer's transaction."""

        def work(session: Session) -> R:
            return edit(session, *args, **kwargs)

        return await self._writer.submit(_edit, work)

    async def _read(self, ask: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        def work() -> R:
            with Session(self._read_engine) as session:
                return ask(session, *args, **kwargs)

        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], R]) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)
        except DBAPIError as error:
            raise StoreUnavailable(f"The database refuses: {error.orig}.") from error


def _edit(connection: Connection, edits: Sequence[Callable[[Session], Any]]) -> list[Any]:
    results: list[Any] = []
    for edit in edits:
        with Session(connection, expire_on_commit=False, join_transaction_mode="conditional_savepoint") as session:
            results.append(edit(session))
            session.flush()
    return results
