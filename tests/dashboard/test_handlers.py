"""What handlers of pages may do: they end in commands that look at the role, also on a page that was open before."""

import ast
import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from nicegui import background_tasks
from nicegui.testing import User

import dashboard
from dashboard import mount
from engine import Engine
from tests.dashboard.conftest import ADMIN
from tests.dashboard.test_pages import signed_in
from tests.engine.conftest import eventually
from tests.roles import COMMANDS, DOORS, FILES, OWN, PAGES, READS

GUESSES: tuple[object, ...] = ((), "1", 1, True, {}, [1], None)
ACTS = ("enable", "delete", "duplicate", "promote", "save", "revoke", "roll", "disable", "role", "complete", "status")


def calls() -> Iterator[str]:
    """`hooks.save` for each `….engine.hooks.save(…)` in the dashboard, `accept` for each `….engine.accept(…)`."""
    for file in Path(dashboard.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                found = re.search(r"\b_?engine\.((?:\w+\.)?\w+)$", ast.unparse(node))
                if found:
                    yield found[1]


def asked(engine: Engine) -> set[str]:
    """By class and name, all methods of the engine that the dashboard names."""
    found: set[str] = set()
    for path in calls():
        owner, _, name = path.rpartition(".")
        part = getattr(engine, owner) if owner else engine
        if type(part).__module__.startswith("engine.") and callable(getattr(part, name, None)):
            found.add(f"{type(part).__name__}.{name}")
    return found


async def test_pages_ask_the_engine_for_nothing_but_what_the_tables_name(engine: Engine) -> None:
    """So a command that takes no actor, and looks at no role, cannot come into a page unseen."""
    unknown = asked(engine) - set(COMMANDS) - OWN - READS - DOORS

    assert unknown == set()


def kept(database: Path) -> dict[str, list[object]]:
    """All rows of what people change."""
    passing = {"audit", "session", "sqlite_sequence", "event_text"}
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()
            for name in tables
            if not any(name.startswith(one) for one in passing)
        }


@pytest.mark.parametrize("path", [path for path in PAGES if "{" not in path and path not in FILES])
async def test_who_was_demoted_changes_nothing_by_a_page_that_is_still_open(
    user: User, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    mount(FastAPI(), engine)
    await signed_in(user, engine)
    await user.open(path)
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection, connection:
        connection.execute("UPDATE user SET role = 'user' WHERE email = ?", (ADMIN.name,))
    before = kept(tmp_path / "test.db")

    await call_every_handler(user)

    assert kept(tmp_path / "test.db") == before
    caplog.clear()  # nonsense was sent, and some handlers stumble over it, as they may


async def test_an_administrator_does_change_something_by_the_same(
    user: User, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mount(FastAPI(), engine)
    await signed_in(user, engine)
    await user.open("/")
    before = kept(tmp_path / "test.db")

    await call_every_handler(user)

    assert await eventually(lambda: kept(tmp_path / "test.db") != before)
    caplog.clear()


async def call_every_handler(user: User) -> None:
    """With whatever a browser that was tampered with might send."""
    assert user.client is not None
    before = set(background_tasks.running_tasks)
    for element in list(user.client.elements.values()):
        for listener in list(element._event_listeners.values()):
            for guess in (*GUESSES, *({"name": name, "id": 1, "value": False} for name in ACTS)):
                if element.is_deleted:
                    break
                element._handle_event({"listener_id": listener.id, "args": guess, "id": element.id})
    await asyncio.sleep(0.2)
    await eventually(lambda: background_tasks.running_tasks <= before, seconds=5)
