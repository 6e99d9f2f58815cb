"""The page of tasks: what it shows and to whom, what changes there, and what others change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from dashboard.components.tasks.form import TaskForm
from dashboard.components.tasks.list import Filters, TaskList
from dashboard.pages.tasks import tasks_page
from engine import Engine, Json, NotFound, Sight, Task, TaskQuery, TaskState
from tests.dashboard.conftest import ADMIN, MANAGER, USER, run_out
from tests.dashboard.test_pages import STYLE, signed_in
from tests.engine.conftest import eventually

Calls = list[tuple[Any, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What the browser is told."""
    calls: Calls = []
    for kind in (TaskList, TaskForm):
        monkeypatch.setattr(kind, "run_method", lambda element, *words: calls.append(words))
    return calls


async def made(engine: Engine, title: str, **fields: Json) -> Task:
    due_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    return await engine.tasks.add({"title": title, "due_at": due_at, **fields}, actor=ADMIN)


async def opened(user: User, engine: Engine, email: str = MANAGER.name, path: str = "/tasks") -> None:
    tasks_page(engine, STYLE)
    await signed_in(user, engine, email)
    await user.open(path)


def the(user: User, kind: type) -> Any:
    return next(iter(user.find(kind=kind).elements))


def act(user: User, name: str, task: Task, value: Json = None) -> None:
    user.find(kind=TaskList).trigger("act", {"name": name, "id": task.id, "value": value})


async def shown(calls: Calls) -> list[str]:
    """The titles that the browser was given last."""
    assert await eventually(lambda: [call for call in calls if call[0] == "show"])
    return [row["title"] for row in [call for call in calls if call[0] == "show"][-1][1]["rows"]]


def test_filters_are_read_from_an_address_and_written_to_it() -> None:
    words = {"state": "open", "person": "maria@example.com", "q": "zoë"}

    assert Filters.read(words).words() == words
    assert Filters.read({"state": "lost", "q": "x" * 900}) == Filters(q="x" * 200)
    assert Filters.read(words).query(Sight()) == TaskQuery(
        state=TaskState.OPEN, assigned_to="maria@example.com", text="zoë"
    )


async def test_the_page_shows_tasks_with_whom_they_are_about(user: User, engine: Engine) -> None:
    await made(engine, "Call back", assigned_to="maria", priority="high", lead={"first_name": "Zoë"})
    await opened(user, engine)

    (row,) = the(user, TaskList).props["initial"]["rows"]
    assert row.items() >= {"title": "Call back", "person": "maria", "about": "Zoë", "priority_label": "High"}.items()
    assert the(user, TaskList).props["initial"]["people"] == ["maria"]
    await user.should_see("Add Task")


async def test_whoever_only_looks_changes_nothing(user: User, engine: Engine, calls: Calls) -> None:
    task = await made(engine, "Call back")
    await opened(user, engine, USER.name)

    assert the(user, TaskList).props["manage"] is False
    await user.should_not_see("Add Task")
    act(user, "delete", task)
    act(user, "done", task)
    assert (await engine.tasks.get(task.id)).state is TaskState.OPEN


async def test_a_task_is_added_in_the_form_and_what_is_wrong_stands_at_its_field(
    user: User, engine: Engine, calls: Calls
) -> None:
    await opened(user, engine)
    user.find("Add Task").click()
    assert await eventually(lambda: ("open", None) in calls)

    user.find(kind=TaskForm).trigger("save", {"title": "Call back", "due_at": None, "warn_minutes": ""})
    assert await eventually(lambda: [call for call in calls if call[0] == "refuse"])
    assert set(next(call for call in calls if call[0] == "refuse")[1]) == {"due_at", "warn_minutes"}

    raw = {"title": "Call back", "due_at": "2031-01-01T09:00:00Z", "lead": {"lead_id": "l"}}
    user.find(kind=TaskForm).trigger("save", raw)
    assert await eventually(lambda: ("close",) in calls)
    (task,) = (await engine.tasks.list(TaskQuery())).items
    assert (task.definition.title, task.created_by) == ("Call back", MANAGER.name)
    assert await shown(calls) == ["Call back"]


async def test_a_task_is_edited_completed_moved_and_opened_again(user: User, engine: Engine, calls: Calls) -> None:
    task = await made(engine, "Call back", lead={"lead_id": "l", "tags": ["x"]})
    await opened(user, engine)

    async def now(**expected: Json) -> bool:
        found = await engine.tasks.get(task.id)
        said = {"title": found.definition.title, "state": found.state, "due_at": found.definition.due_at.isoformat()}
        return said.items() >= expected.items()

    act(user, "edit", task)
    assert await eventually(lambda: [call for call in calls if call[0] == "open"])
    form = next(call[1] for call in calls if call[0] == "open")
    assert form["lead"] == {"lead_id": "l", "tags": ["x"]}
    user.find(kind=TaskForm).trigger("save", {**form, "title": "Call again"})
    assert await eventually(lambda: now(title="Call again"))
    act(user, "move", task, "2031-01-01T09:00:00Z")
    assert await eventually(lambda: now(due_at="2031-01-01T09:00:00+00:00"))
    act(user, "done", task)
    assert await eventually(lambda: now(state="done"))
    act(user, "open", task)
    assert await eventually(lambda: now(state="open"))


async def test_a_deleted_task_comes_back_with_undo(user: User, engine: Engine, calls: Calls) -> None:
    task = await made(engine, "Call back")
    await opened(user, engine)
    act(user, "delete", task)
    await user.should_see("“Call back” is deleted.")
    with pytest.raises(NotFound):
        await engine.tasks.get(task.id)

    user.find("Undo").click()

    async def back() -> bool:
        return [one.id for one in (await engine.tasks.list(TaskQuery())).items] == [task.id]

    assert await eventually(back)


async def test_what_others_change_shows_by_itself(user: User, engine: Engine, calls: Calls) -> None:
    await opened(user, engine)
    await made(engine, "By somebody else")

    assert await shown(calls) == ["By somebody else"]


async def test_the_list_narrows_and_goes_on(user: User, engine: Engine, calls: Calls) -> None:
    for number in range(55):
        await made(engine, f"Call {number}", assigned_to="ben" if number == 7 else "")
    await opened(user, engine)
    cursor = the(user, TaskList).props["initial"]["next"]
    assert len(the(user, TaskList).props["initial"]["rows"]) == 50

    user.find(kind=TaskList).trigger("more", {"cursor": cursor})
    assert await eventually(lambda: [call for call in calls if call[0] == "append"])
    assert len(next(call[1]["rows"] for call in calls if call[0] == "append")) == 5

    user.find(kind=TaskList).trigger("query", {"state": "open", "person": "ben", "q": "call"})
    assert await shown(calls) == ["Call 7"]


async def test_once_the_session_has_ended_nothing_changes(user: User, engine: Engine, calls: Calls) -> None:
    task = await made(engine, "Call back")
    await opened(user, engine)
    await run_out(engine, user.http_client.cookies["th_session"])

    @ui.page("/sign-in")
    def door() -> None:
        ui.label("Sign in again")

    user.find(kind=TaskForm).trigger("save", {"title": "x", "due_at": "2031-01-01T09:00:00Z"})
    assert await eventually(lambda: [call for call in calls if call[0] == "refuse" and "signed out" in call[1][""]])
    act(user, "done", task)
    await user.should_see("Sign in again")
    assert [one.state for one in (await engine.tasks.list(TaskQuery())).items] == [TaskState.OPEN]
