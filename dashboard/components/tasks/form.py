"""The dialog that creates and edits a task, with errors beside their field."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from engine import LABELS, FollowUpType, Json, Priority, Task

Save = Callable[[str | None, dict[str, Json]], Awaitable[Mapping[str, str]]]


class TaskForm(Element, component="task_form.js", esm=SHARED):
    """`save` is called with the task's id (None for a new one) and its fields in the API's format. It returns problems
    by field, empty on success."""

    def __init__(self, save: Save) -> None:
        super().__init__()
        self._save, self._busy = save, False
        self._task_id: str | None = None
        self.props["kinds"] = [{"value": str(one), "label": LABELS[one]} for one in FollowUpType]
        self.props["priorities"] = [{"value": str(one), "label": LABELS[one]} for one in Priority]
        self.on("save", self._on_save)

    def open(self, task: Task | None) -> None:
        self._task_id = task.id if task else None
        self.run_method("open", None if task is None else form_of(task))

    async def _on_save(self, event: GenericEventArguments) -> None:
        """Saves once, however often it is clicked meanwhile."""
        if self._busy:
            return
        self._busy = True
        try:
            problems = await self._save(self._task_id, dict(event.args))
        finally:
            self._busy = False
        if problems:
            self.run_method("refuse", dict(problems))
        else:
            self.run_method("close")


def form_of(task: Task) -> dict[str, Any]:
    definition = task.definition
    return {
        "title": definition.title,
        "due_at": definition.due_at.isoformat(),
        "deadline_at": definition.deadline_at.isoformat() if definition.deadline_at else None,
        "warn_minutes": definition.warn_minutes,
        "follow_up_type": str(definition.follow_up_type),
        "assigned_to": definition.assigned_to,
        "priority": str(definition.priority),
        "notes": definition.notes,
        "lead": dict(definition.lead),
    }
