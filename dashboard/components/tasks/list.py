"""Tasks by due day, in the viewer's time zone: searchable, filterable, and updated when others
change them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.search_words import seal
from engine import (
    LABELS,
    Actor,
    Engine,
    InvalidQuery,
    Page,
    Permission,
    Sight,
    Task,
    TaskQuery,
    TaskState,
    about_of,
    may,
)

PAGE = 50
MOST_SHOWN = 500
MOST_TEXT = 200
Act = Callable[[str, str, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Reads filters from the URL; invalid values are ignored."""

    state: str = ""
    person: str = ""
    q: str = ""

    @classmethod
    def read(cls, words: Mapping[str, Any]) -> "Filters":
        state, person, q = (str(words.get(name) or "") for name in ("state", "person", "q"))
        return cls(state=state if state in set(TaskState) else "", person=person[:MOST_TEXT], q=q[:MOST_TEXT])

    def query(self, sight: Sight, limit: int = PAGE) -> TaskQuery:
        return TaskQuery(
            limit=limit,
            state=TaskState(self.state) if self.state else None,
            assigned_to=self.person or None,
            text=self.q,
            view=sight.or_none(sight.task),
        )

    def words(self) -> dict[str, str]:
        return {"state": self.state, "person": self.person, "q": self.q}


class TaskList(Element, component="task_list.js", esm=SHARED):
    """`act` is called with an action (`edit`, `done`, `open`, `move`, `delete`), a task's id, and a value."""

    def __init__(
        self,
        engine: Engine,
        filters: Filters,
        page: Page[Task],
        people: Sequence[str],
        *,
        actor: Actor,
        act: Act,
    ) -> None:
        super().__init__()
        self._engine, self._filters, self._act = engine, filters, act
        self._shown = PAGE
        self._manage = may(actor, Permission.MANAGE_TASKS)
        self._sight = engine.sensitive.sight(actor)
        self.props["initial"] = self._view(page, people)
        self.props["manage"] = self._manage
        self.on("query", self._on_query)
        self.on("more", self._on_more)
        self.on("act", self._on_act)

    async def refresh(self) -> None:
        """Reloads as many tasks as are shown."""
        filters = self._filters
        page = await self._engine.tasks.list(filters.query(self._sight, self._shown))
        people = await self._engine.tasks.people()
        if filters == self._filters and not self.is_deleted:
            self.run_method("show", self._view(page, people))

    def _view(self, page: Page[Task], people: Sequence[str]) -> dict[str, Any]:
        chosen = self._filters.person
        listed = sorted({*people, chosen} - {""}, key=str.casefold)
        return {"rows": self._rows(page), "next": page.next, "people": listed, "query": self._filters.words()}

    def _rows(self, page: Page[Task]) -> list[dict[str, Any]]:
        return [row_of(self._sight.task(task)) for task in page.items]

    async def _on_query(self, event: GenericEventArguments) -> None:
        self._filters, self._shown = Filters.read(event.args), PAGE
        self.run_method("keep", seal(self._engine, self._filters.words()))
        await self.refresh()

    async def _on_more(self, event: GenericEventArguments) -> None:
        filters, query = self._filters, replace(self._filters.query(self._sight), cursor=str(event.args.get("cursor")))
        try:
            page = await self._engine.tasks.list(query)
        except InvalidQuery:
            return
        if filters == self._filters:
            self._shown = min(self._shown + PAGE, MOST_SHOWN)
            self.run_method("append", {"rows": self._rows(page), "next": page.next, "query": filters.words()})

    async def _on_act(self, event: GenericEventArguments) -> None:
        """Read-only users see no buttons; the engine refuses their changes too."""
        if self._manage:
            await self._act(str(event.args.get("name")), str(event.args.get("id")), event.args.get("value"))


def row_of(task: Task) -> dict[str, Any]:
    """A task for the list and the form: small, flat, JSON."""
    definition = task.definition
    return {
        "id": task.id,
        "title": definition.title,
        "due_at": definition.due_at.isoformat(),
        "deadline_at": definition.deadline_at.isoformat() if definition.deadline_at else None,
        "kind": LABELS[definition.follow_up_type],
        "person": definition.assigned_to,
        "priority": str(definition.priority),
        "priority_label": LABELS[definition.priority],
        "notes": definition.notes,
        "about": about_of(definition.lead),
        "done_at": task.done_at.isoformat() if task.done_at else None,
        "done_by": task.done_by,
    }
