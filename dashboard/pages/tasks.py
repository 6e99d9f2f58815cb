"""`/tasks`: follow-ups and deadlines by due day."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import when_gone
from dashboard.components.basics.acting import act, refusals
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.refreshing import Refreshing
from dashboard.components.basics.search_words import sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.components.basics.undo import offer_undo
from dashboard.components.tasks.form import TaskForm
from dashboard.components.tasks.list import Filters, TaskList
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from engine import Actor, Engine, Json, Page, Permission, Task, TriggerHooksError, may

R = TypeVar("R")


def tasks_page(engine: Engine, style_url: str) -> None:
    @ui.page("/tasks", title="Tasks · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        filters = Filters.read(words_of(engine, request))
        people = await engine.tasks.people()
        # Read last: nothing is awaited between here and the subscription, so no change is missed.
        stored = await engine.tasks.list(filters.query(engine.sensitive.sight(who.actor)))
        with frame(who, style_url, "Tasks", "/tasks"):
            _TasksPage(engine, who).build(filters, stored, people)
        return None


class _TasksPage:
    def __init__(self, engine: Engine, who: Visitor) -> None:
        self._engine, self._who = engine, who

    def build(self, filters: Filters, stored: Page[Task], people: list[str]) -> None:
        manage = may(self._who.actor, Permission.MANAGE_TASKS)
        with ui.element("div") as self._page:
            with ui.element("div").classes("th-head"):
                with ui.element("div"):
                    Text("h1", "Tasks")
                    Text("p", "Follow-ups and deadlines. When their time comes, hooks hear of it.", "th-muted")
                if manage:
                    self._form = TaskForm(self._save)
                    plain_button("Add Task", lambda: self._form.open(None), "is-main is-add")
            self._list = TaskList(self._engine, filters, stored, people, actor=self._who.actor, act=self._act)
        refreshing = Refreshing(self._list)
        when_gone(ui.context.client, self._engine.tasks.subscribe(refreshing.soon))

    async def _act(self, name: str, task_id: str, value: Any) -> None:
        tasks = self._engine.tasks
        if name == "edit":
            await self._edit(task_id)
        elif name in {"done", "open"}:
            await self._change(lambda actor: tasks.change(task_id, {"state": name}, actor=actor))
        elif name == "move":
            await self._change(lambda actor: tasks.change(task_id, {"due_at": value}, actor=actor))
        elif name == "delete":
            await self._delete(task_id)

    async def _edit(self, task_id: str) -> None:
        try:
            self._form.open(await self._engine.tasks.get(task_id))
        except TriggerHooksError:
            self._show_deleted()

    async def _save(self, task_id: str | None, raw: dict[str, Json]) -> Mapping[str, str]:
        """Problems by field."""

        async def save(actor: Actor) -> None:
            if task_id is None:
                await self._engine.tasks.add(raw, actor=actor)
            else:
                await self._engine.tasks.change(task_id, raw, actor=actor)

        return await refusals(self._who.now, save)

    async def _delete(self, task_id: str) -> None:
        async def restore() -> None:
            await self._change(lambda actor: self._engine.tasks.restore(task_id, actor=actor))

        gone = await self._change(lambda actor: self._engine.tasks.delete(task_id, actor=actor))
        if gone:
            with self._page:
                offer_undo(f"“{gone.definition.title}” is deleted.", restore)

    async def _change(self, change: Callable[[Actor], Awaitable[R]]) -> R | None:
        done = await act(self._who.now, change, within=self._page, back="/tasks")
        if done is None:
            await self._list.refresh()
        return done

    def _show_deleted(self) -> None:
        with self._page:
            toast("This task is gone. Somebody deleted it.", "bad")
