"""The base of all stores. Reads run in a few threads; every write goes through the single writer."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from engine.errors import StoreUnavailable
from storage import sqlite
from storage.file_watch import FileWatch
from storage.pace import Pace
from storage.writer import Writer

P = ParamSpec("P")
R = TypeVar("R")

FIRST_ROWS = 20
MOST_ROWS = 2_000


class SqlBase:
    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy URL, such as `sqlite:///data/trigger-hooks.db`."""
        self._url = url = sqlite.resolved(url)
        self._write_engine = sqlite.write_engine(url)
        self._read_engine = sqlite.read_engine(url)
        self._readers = ThreadPoolExecutor(sqlite.READERS, thread_name_prefix="reader")
        self._files = FileWatch(sqlite.path_of(url))
        self._writer = Writer(self._write_engine, self._files.check)
        self._paces: dict[str, Pace] = {}

    async def _write(self, edit: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs an edit with its own session, in the writer's transaction."""

        def work(session: Session) -> R:
            return edit(session, *args, **kwargs)

        return await self._writer.submit(_edit, work)

    async def _write_timed(
        self, edit: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[R, float]:
        """For upkeep, which takes turns with all else; with the seconds that it took, without those of the commit."""

        def work(session: Session) -> tuple[R, float]:
            began = perf_counter()
            result = edit(session, *args, **kwargs)
            session.flush()
            return result, perf_counter() - began

        return await self._writer.submit(_edit, work, bulk=True)

    def _pace(self, of: str) -> Pace:
        return self._paces.setdefault(of, Pace(FIRST_ROWS, MOST_ROWS))

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
