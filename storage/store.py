"""Implements all of the engine's ports on one SQL database, and manages its lifecycle."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.errors import StoreUnavailable
from storage import migrate, sqlite
from storage.stores.audit import SqlAudit
from storage.stores.changes import SqlEffects
from storage.stores.drift import SqlDrift
from storage.stores.event_types import SqlEventTypes
from storage.stores.events import SqlEvents, SqlInbox
from storage.stores.executions import SqlExecutions
from storage.stores.hooks import SqlCases, SqlHooks
from storage.stores.keys import SqlKeys
from storage.stores.leads import SqlLeads
from storage.stores.messages import SqlMails, SqlNotices
from storage.stores.metrics import SqlMetrics
from storage.stores.people import SqlPeople
from storage.stores.replays import SqlReplays
from storage.stores.secrets import SqlSecrets
from storage.stores.sources import SqlSources
from storage.stores.tasks import SqlPlans, SqlTasks
from storage.stores.timers import SqlTimers
from storage.stores.upkeep import SqlUpkeep


class SqlStore(
    SqlInbox,
    SqlEvents,
    SqlHooks,
    SqlCases,
    SqlExecutions,
    SqlReplays,
    SqlTasks,
    SqlPlans,
    SqlTimers,
    SqlNotices,
    SqlMails,
    SqlEffects,
    SqlAudit,
    SqlUpkeep,
    SqlSecrets,
    SqlPeople,
    SqlKeys,
    SqlLeads,
    SqlMetrics,
    SqlSources,
    SqlEventTypes,
    SqlDrift,
):
    async def open(self) -> None:
        await self._in_thread(partial(sqlite.make_folder, self._url))
        try:
            await self._in_thread(partial(migrate.upgrade, self._write_engine))
        except (DBAPIError, sqlite3.Error) as error:
            raise StoreUnavailable(f"The database cannot be opened: {getattr(error, 'orig', error)}.") from error
        self._files.opened()
        self._writer.start()

    async def close(self) -> None:
        """Anything already submitted is still stored."""
        await self._writer.stop()
        await asyncio.to_thread(self._release)

    async def check(self) -> None:
        await self._writer.submit(_probe, None)

    def _release(self) -> None:
        """The writing connection closes last: the last one to close checkpoints the write-ahead log."""
        self._readers.shutdown()
        self._read_engine.dispose()
        self._write_engine.dispose()


def _probe(connection: Connection, probes: Sequence[None]) -> list[None]:
    """Takes the write lock and writes a page without changing anything."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    return list(probes)
