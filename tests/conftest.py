"""What every test in this process shares: a database that is migrated once, no waiting for the disk, quick hashes."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio._backends._asyncio import TestRunner
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from storage import migrate, sqlite
from tests.examples import register_profiles
from tests.prefork import Prefork
from tests.server import Server, clean_environment, prepare

register_profiles()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of this version, all in one file."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = sqlite.write_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(autouse=True)
def copied_database(request: pytest.FixtureRequest, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database is a copy, as migrations take longer than most tests; `migrations` marks those about them."""
    upgrade = migrate.upgrade

    def copy_or_upgrade(engine: Engine, to: str = "head") -> None:
        path = Path(engine.url.database or "")
        if to == "head" and not path.exists():
            shutil.copyfile(migrated, path)
        else:
            upgrade(engine, to)

    if request.node.get_closest_marker("migrations") is None:
        monkeypatch.setattr(migrate, "upgrade", copy_or_upgrade)


@pytest.fixture(scope="session", autouse=True)
def no_waiting() -> Generator[None]:
    """Nothing is forced to the disk, hashes of passwords are quick, and certificates are read once.

    The first two guard against what no test in this process does: losing power, and guessing. Servers that a test
    starts are processes of their own, and spare neither.
    """
    pragmas = tuple("PRAGMA synchronous=OFF" if "synchronous" in pragma else pragma for pragma in sqlite._BOTH)
    quick_hash = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    context_of = cache(httpx.create_ssl_context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_BOTH", pragmas)
        patch.setattr(httpx, "create_ssl_context", context_of)
        patch.setattr("httpx._transports.default.create_ssl_context", context_of)
        patch.setattr(PasswordHash, "recommended", lambda: quick_hash)
        yield


@pytest.fixture(scope="session", autouse=True)
def forgetful_runners() -> Generator[None]:
    """What runs a test's coroutines ends by itself when it is cancelled.

    In Python 3.11 the traceback of that cancellation is never freed, and with it whatever the fixtures gave: an engine
    and a page for each test, through which NiceGUI's tests collect garbage twice a test.
    """
    run = TestRunner._run_tests_and_fixtures

    async def run_until_cancelled(self: TestRunner, work: Any) -> None:
        with suppress(asyncio.CancelledError):
            await run(self, work)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestRunner, "_run_tests_and_fixtures", run_until_cancelled)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Generator[None]:
    """FastAPI reads the parameters of each route of the API once, not for each app: two thirds of an app's 60 ms.

    The same code has the same parameters: what differs between two apps is the engine that its functions close over.
    """
    known: dict[tuple[object, ...], Dependant] = {}

    def read_once(*, path: str, call: Callable[..., Any], **rest: Any) -> Dependant:
        if not call.__module__.startswith("engine.api."):
            return get_dependant(path=path, call=call, **rest)
        key = (path, call.__code__, *rest.items())
        if key not in known:
            known[key] = get_dependant(path=path, call=call, **rest)
        return replace(known[key], call=call)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fastapi.routing.get_dependant", read_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_statements() -> Generator[None]:
    """SQL is compiled once, not for each database: two thirds of the start of an engine.

    SQLAlchemy's cache goes by the dialect object, and those of all databases here are alike.
    """
    compiled = LRUCache(10_000)
    create = sqlite.create_engine

    def create_sharing(*args: Any, **rest: Any) -> Engine:
        engine = create(*args, **rest)
        engine._compiled_cache = compiled
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "create_engine", create_sharing)
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda self: hash(type(self)))
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda self, other: type(self) is type(other))
        yield


@pytest.fixture(scope="session")
def quick_servers(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Servers are forked off a process that has imported them, and begin with prepared data."""
    prefork = Prefork(clean_environment())
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Server, "prefork", prefork)
            patch.setattr(Server, "prepared", prepare(tmp_path_factory.mktemp("prepared"), prefork))
            yield
    finally:
        prefork.close()
