"""The bell: what it counts, what it is told while the page is open, and who has read what."""

from typing import Any

import pytest
from nicegui.testing import User

from dashboard.entrance.session import COOKIE
from dashboard.frame.notice_bell import NoticeBell
from engine import Engine
from tests.dashboard.conftest import ADMIN, MANAGER, run_out
from tests.dashboard.test_pages import pages, signed_in
from tests.engine.conftest import eventually

Calls = list[tuple[str, Any]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What the browser is told."""
    calls: Calls = []
    monkeypatch.setattr(NoticeBell, "run_method", lambda bell, name, value: calls.append((name, value)))
    return calls


def given(calls: Calls, name: str) -> list[Any]:
    return [value for called, value in calls if called == name]


def look(user: User) -> None:
    user.find(kind=NoticeBell).trigger("look")


@pytest.mark.parametrize("path", ["/", "/executions", "/executions/exe_none"])
async def test_every_page_counts_what_is_unread(user: User, engine: Engine, calls: Calls, path: str) -> None:
    pages(engine)
    await engine.notices.tell("good", "One", "")
    await engine.notices.tell("bad", "Two", "")
    await signed_in(user, engine)
    await user.open(path)

    assert await eventually(lambda: given(calls, "count")) == [2]


async def test_a_new_notice_is_told_to_an_open_page_and_to_none_that_is_closed(
    user: User, engine: Engine, calls: Calls
) -> None:
    pages(engine)
    await signed_in(user, engine)
    client = await user.open("/")
    await engine.notices.tell("warning", "<b>Slow</b>", "Since noon.", "/executions?hook_id=1")
    client.delete()
    await engine.notices.tell("good", "Fast again", "")

    (row,) = given(calls, "tell")
    assert (row["seq"] > 0, row["tone"], row["title"], row["text"], row["link"]) == (
        True,
        "warning",
        "<b>Slow</b>",
        "Since noon.",
        "/executions?hook_id=1",
    )
    assert row["at"].endswith("+00:00")
    assert engine.notices._published._callbacks == {}


async def test_to_look_shows_the_newest_fifty_and_makes_all_read(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    for number in range(52):
        await engine.notices.tell("good", f"Notice {number}", "")
    await signed_in(user, engine)
    await user.open("/")
    assert await engine.notices.unread(ADMIN) == 52

    look(user)
    (rows,) = await eventually(lambda: given(calls, "show"))

    assert [row["title"] for row in rows] == [f"Notice {number}" for number in range(51, 1, -1)]

    async def is_read() -> bool:
        return await engine.notices.unread(ADMIN) == 0

    assert await eventually(is_read)
    assert await engine.notices.unread(MANAGER) == 52


async def test_where_nothing_was_told_the_panel_is_given_no_rows(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/")

    look(user)

    assert await eventually(lambda: given(calls, "show")) == [[]]


async def test_an_ended_session_reads_nothing(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await engine.notices.tell("good", "One", "")
    await signed_in(user, engine)
    await user.open("/")
    await run_out(engine, user.http_client.cookies[COOKIE])

    look(user)
    (words,) = await eventually(lambda: given(calls, "refuse"))

    assert "signed out" in words
    assert given(calls, "show") == []
    assert await engine.notices.unread(ADMIN) == 1
