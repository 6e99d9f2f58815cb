"""Replaying many: what would run, what is refused and where that is said, and how far a replay has come."""

from dataclasses import replace
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from dashboard.components.execution.list import ExecutionList, Filters
from dashboard.components.replays.many import ReplayMany
from dashboard.components.replays.progress import ReplayProgress
from dashboard.entrance.session import COOKIE
from engine import SYSTEM, Engine, ExecutionQuery, Replay, ReplayOf, ReplayQuery, ReplayState, ReplayVersion, Status
from engine.events.draft import EventDraft
from engine.model import HookType
from tests.dashboard.conftest import ADMIN, ECHO, NOW, USER, run_out
from tests.dashboard.test_pages import pages, signed_in
from tests.engine.conftest import eventually

Calls = list[tuple[Any, ...]]
SUCCEEDED = {"status": "succeeded", "version": "now", "again": False}
RUNNING = Replay(
    id=7,
    query=ReplayQuery(hook_id=1, type=HookType.WORKFLOW, since=NOW, version=ReplayVersion.THEN, again=True),
    state=ReplayState.RUNNING,
    total=40,
    done=8,
    left_out=2,
    last=99,
    created_at=NOW,
    created_by="mia@example.com",
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What the browser is told."""
    calls: Calls = []
    for kind in (ReplayMany, ReplayProgress):
        monkeypatch.setattr(kind, "run_method", lambda element, *words: calls.append(words))
    return calls


async def given(calls: Calls, name: str) -> tuple[Any, ...]:
    """With what it was first called."""
    await eventually(lambda: name in {call[0] for call in calls})
    return next(call[1:] for call in calls if call[0] == name)


async def delivered(engine: Engine, count: int) -> int:
    """The id of a hook that ran so many times."""
    raw = {"title": "Witness", "trigger": "call.ended", "role": "admin", "actions": [{"url": ECHO}]}
    hook = await engine.hooks.save(raw, actor=ADMIN)
    drafts = [EventDraft(type="call.ended", data={}, id=f"evt_{n}", occurred_at=None) for n in range(count)]
    await engine.accept(drafts, SYSTEM)

    async def all_ran() -> bool:
        items = (await engine.executions.page(ExecutionQuery(limit=500))).items
        return [one.status for one in items] == [Status.SUCCEEDED] * count

    assert await eventually(all_ran)
    return hook.id


def ask(user: User, name: str, raw: dict[str, Any], number: int = 1) -> None:
    user.find(kind=ReplayMany).trigger(name, {"number": number, "raw": raw})


async def test_to_look_says_what_would_run_and_sends_nothing(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    hook_id = await delivered(engine, 3)
    await signed_in(user, engine)
    await user.open("/executions")

    ask(user, "look", SUCCEEDED, number=5)
    number, found = await given(calls, "show")

    assert (number, found["total"]) == (5, 3)
    first = found["first"][0]
    assert first.pop("at").endswith("+00:00")
    assert first == {"event": "Call Ended", "about": "evt_0", "hook": "Witness", "hook_id": hook_id, "version": 1}
    assert len((await engine.executions.page(ExecutionQuery())).items) == 3
    assert await engine.replays.newest() == []


async def test_to_begin_runs_them_and_shows_how_it_ended(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await delivered(engine, 3)
    await signed_in(user, engine)
    await user.open("/executions")

    ask(user, "begin", SUCCEEDED)
    assert await given(calls, "began") == (1,)

    def last() -> dict[str, Any]:
        return [rows[-1] for name, *rest in calls if name == "put" for rows in rest][-1]

    assert await eventually(lambda: ("put" in {call[0] for call in calls}) and last()["state"] == "done")
    row = last()
    assert (row["total"], row["done"], row["left_out"], row["by"]) == (3, 3, 0, ADMIN.name)
    assert row["what"] == "Delivered executions of every hook, with the hook as it is now"
    assert len((await engine.executions.page(ExecutionQuery())).items) == 6


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"status": "skipped"}, "hook_id", "Name the hook"),
        ({"status": "gone"}, "status", ""),
        ({"from": "2025-09-09T14:27:00"}, "from", "zone"),
        ({"to": "soon"}, "to", ""),
        ({"hook_id": 404}, "", "There is no hook 404."),
    ],
)
@pytest.mark.parametrize("name", ["look", "begin"])
async def test_what_is_wrong_is_said_of_its_field(
    user: User, engine: Engine, calls: Calls, name: str, raw: dict[str, Any], field: str, words: str
) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions")

    ask(user, name, raw)
    _, problems = await given(calls, "refuse")

    assert list(problems) == [field]
    assert words in problems[field]
    assert await engine.replays.newest() == []


async def test_who_may_not_replay_sees_what_runs_and_no_way_to_begin_or_stop(
    user: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def newest() -> list[Replay]:
        return [RUNNING, replace(RUNNING, id=6, state=ReplayState.DONE)]

    pages(engine)
    monkeypatch.setattr(engine.replays, "newest", newest)
    await signed_in(user, engine, USER.name)
    await user.open("/executions")

    await user.should_not_see(kind=ReplayMany)
    (progress,) = user.find(kind=ReplayProgress).elements
    assert progress.props["canStop"] is False
    (row,) = progress.props["initial"]
    assert (row["id"], row["total"], row["done"], row["left_out"], row["by"]) == (7, 40, 8, 2, "mia@example.com")
    assert row["what"] == (
        "Failed executions of “Lead Qualification”, of type Workflow, with the hook as it was then, "
        "also where delivered already"
    )
    assert (row["from"], row["to"]) == (NOW.isoformat(), None)


async def test_the_words_of_each_kind_name_a_hook_that_is_gone_by_its_number(
    user: User, engine: Engine, calls: Calls
) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions")
    (progress,) = user.find(kind=ReplayProgress).elements
    assert isinstance(progress, ReplayProgress)

    for status in ReplayOf:
        progress.put(replace(RUNNING, id=len(calls), query=ReplayQuery(status=status, hook_id=404)))
        calls.clear()
        (rows,) = await given(calls, "put")
        assert "of hook 404, with the hook as it is now" in rows[-1]["what"]


async def test_many_steps_at_once_are_told_once(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions")

    for done in range(100):
        engine.replays._tell(replace(RUNNING, done=done))
    (rows,) = await given(calls, "put")

    assert [row["done"] for row in rows] == [99]


async def test_a_page_that_is_closed_follows_no_more(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await signed_in(user, engine)
    client = await user.open("/executions")
    assert len(engine.replays._steps._callbacks) == 1

    client.delete()

    assert engine.replays._steps._callbacks == {}


async def test_a_running_one_is_stopped_and_a_refusal_is_said(
    user: User, engine: Engine, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[tuple[int, str]] = []

    async def stop(replay_id: int, *, actor: Any) -> None:
        stopped.append((replay_id, actor.name))

    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions")

    user.find(kind=ReplayProgress).trigger("stop", 404)
    await user.should_see("There is no replay 404.")
    monkeypatch.setattr(engine.replays, "stop", stop)
    user.find(kind=ReplayProgress).trigger("stop", 7)

    assert await eventually(lambda: stopped) == [(7, ADMIN.name)]
    assert await given(calls, "release") == (404,)


async def test_an_ended_session_begins_and_stops_nothing(user: User, engine: Engine, calls: Calls) -> None:
    pages(engine)
    await delivered(engine, 1)
    await signed_in(user, engine)
    await user.open("/executions")
    await run_out(engine, user.http_client.cookies[COOKIE])

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    ask(user, "begin", SUCCEEDED)
    _, problems = await given(calls, "refuse")
    user.find(kind=ReplayProgress).trigger("stop", 7)
    await user.should_see("Sign in again")

    assert "signed out" in problems[""]
    assert await engine.replays.newest() == []


async def test_the_list_understands_the_hook_as_the_notices_name_it(user: User, engine: Engine) -> None:
    pages(engine)
    await signed_in(user, engine)
    await user.open("/executions?hook_id=3")

    (shown,) = user.find(kind=ExecutionList).elements
    assert shown.props["initial"]["query"]["hook"] == "3"
    assert Filters.read({"hook": "2", "hook_id": "3"}).hook == "2"
