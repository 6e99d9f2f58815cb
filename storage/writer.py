"""One thread owns the one write connection. Many callers, one transaction: group commit.

A caller hands over an operation with an argument and waits; the thread takes whatever has come meanwhile, runs
arguments of the same operation together, commits, and wakes them all. So a result means that it is on disk.
"""

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from engine.errors import Overloaded, StoreUnavailable

log = logging.getLogger(__name__)

A = TypeVar("A")
R = TypeVar("R")

Operation = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Does its part for all arguments within the transaction; gives a result for each, in their order."""

MOST_WAITING = 5_000
MOST_IN_ONE = 500


SYNC_ERRORS = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")


class SyncFailed(StoreUnavailable):
    """After it, the system may take for written what never reached the disk: only a new start reads what is there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    operation: Operation[Any, Any]
    argument: Any
    bulk: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Writer:
    """When full: orders that may be refused are refused, all others wait for a place."""

    def __init__(self, engine: Engine, check: Callable[[], None]) -> None:
        """`check` is called before each transaction; where it raises StoreUnavailable, none is begun."""
        self._engine, self._check_files = engine, check
        self._sync_failed: SyncFailed | None = None
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._bulk: deque[_Order] = deque()
        self._ending = False
        self._waiting = 0
        self._open = False
        self._room = asyncio.Condition()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)

    def start(self) -> None:
        self._open = True
        self._thread.start()

    def check(self) -> None:
        """Raises StoreUnavailable where nothing can be written any more."""
        if self._sync_failed:
            raise self._sync_failed
        self._check_files()

    async def submit(
        self, operation: Operation[A, R], argument: A, *, refusable: bool = False, bulk: bool = False
    ) -> R:
        """Returns after the commit. `bulk` orders take turns with all others.

        Raises StoreUnavailable, Overloaded (if refusable), and what the operation does.
        """
        if self._waiting >= MOST_WAITING:
            if refusable:
                raise Overloaded("More is coming in than the disk can take just now. Try again shortly.", 1)
            async with self._room:
                await self._room.wait_for(lambda: self._waiting < MOST_WAITING)
        if not self._open:
            raise StoreUnavailable("The database is not open.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting += 1
        self._orders.put(_Order(operation, argument, bulk, loop, future))
        try:
            return await future
        finally:
            self._waiting -= 1
            if self._waiting == MOST_WAITING - 1:
                async with self._room:
                    self._room.notify_all()

    async def stop(self) -> None:
        """What was submitted before is still done; what comes later is refused."""
        self._open = False
        if self._thread.is_alive():
            self._orders.put(None)
            await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        """A bulk order has a transaction of its own, after those of all that came live."""
        with self._engine.connect() as connection:
            while orders := self._take():
                for batch in ([one for one in orders if not one.bulk], [one for one in orders if one.bulk]):
                    self._serve_batch(connection, batch)

    def _serve_batch(self, connection: Connection, batch: Sequence[_Order]) -> None:
        results = self._refused(batch) or _commit(connection, batch) if batch else []
        self._note_failed_sync(results)
        _answer(results)

    def _refused(self, batch: Sequence[_Order]) -> "list[_Result]":
        """All of them, with why; none where they may be done."""
        try:
            self.check()
        except StoreUnavailable as error:
            return [(order, None, error) for order in batch]
        return []

    def _note_failed_sync(self, results: "Sequence[_Result]") -> None:
        for _, _, error in results:
            if isinstance(error, SyncFailed) and self._sync_failed is None:
                self._sync_failed = error
                log.critical(error)

    def _take(self) -> list[_Order]:
        """At least one order, and at most one in bulk; empty once the end was asked for, and all before it is done."""
        batch: list[_Order] = []
        with suppress(queue.Empty):
            while len(batch) < MOST_IN_ONE:
                order = self._orders.get(block=not (batch or self._bulk or self._ending))
                if order is None:
                    self._ending = True
                else:
                    (self._bulk if order.bulk else batch).append(order)
        if self._bulk:
            batch.append(self._bulk.popleft())
        return batch


_Result = tuple[_Order, Any, Exception | None]


def _commit(connection: Connection, batch: Sequence[_Order]) -> list[_Result]:
    """All in one transaction; where that fails, each in one of its own, so that only the guilty pays.

    What the database itself refuses (a full disk, a lock) is nobody's fault, and told to all at once.
    """
    try:
        return _transact(connection, batch)
    except OperationalError as error:
        return [(order, None, _plain(error)) for order in batch]
    except Exception as error:  # noqa: BLE001 (whatever it is, it belongs to the one who asked)
        if len(batch) == 1:
            return [(batch[0], None, _plain(error))]
        log.warning("a batch of %d fails and is done one by one: %s", len(batch), error)
        return [result for order in batch for result in _commit(connection, [order])]


def _transact(connection: Connection, batch: Sequence[_Order]) -> list[_Result]:
    groups: dict[Operation[Any, Any], list[_Order]] = {}
    for order in batch:
        groups.setdefault(order.operation, []).append(order)
    results: list[_Result] = []
    with connection.begin():
        for operation, orders in groups.items():
            answers = operation(connection, [order.argument for order in orders])
            results += [(order, answer, None) for order, answer in zip(orders, answers, strict=True)]
    return results


def _plain(error: Exception) -> Exception:
    """A broken constraint is a fault of ours: it is told as it is, since trying again mends nothing."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlite_errorname", "") in SYNC_ERRORS:
        return SyncFailed(
            f"The disk does not confirm what is written ({error.orig}). Nothing is taken any more, as it cannot be "
            "relied on. Check the disk, then start the server again."
        )
    if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
        return StoreUnavailable(f"The database refuses: {error.orig}.")
    return error


def _answer(results: Sequence[_Result]) -> None:
    """Wakes every caller, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Result]] = {}
    for result in results:
        by_loop.setdefault(result[0].loop, []).append(result)
    for loop, of_loop in by_loop.items():
        with suppress(RuntimeError):  # a loop that has closed has nobody waiting
            loop.call_soon_threadsafe(_wake, of_loop)


def _wake(results: Sequence[_Result]) -> None:
    for order, answer, error in results:
        if order.future.done():
            continue
        if error is None:
            order.future.set_result(answer)
        else:
            order.future.set_exception(error)
