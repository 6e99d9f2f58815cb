"""The event types of the team's own: a list, each to be changed or deleted."""

from collections.abc import Callable, Sequence
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.text import Text
from engine import OwnType

NONE_YET: Final = (
    "There is none yet. Add one for what none of the built-in types means, such as a paid invoice: hooks, sources and "
    "senders use it like the others."
)


class EventTypeList(Element):
    def __init__(self, change: Callable[[OwnType], None], delete: Callable[[OwnType], None]) -> None:
        super().__init__("div")
        self.classes("th-event-types")
        self._change, self._delete = change, delete

    def show(self, own: Sequence[OwnType]) -> None:
        self.clear()
        with self:
            if not own:
                Text("p", NONE_YET, "th-muted th-empty")
            for one in own:
                self._row(one)

    def _row(self, one: OwnType) -> None:
        with ui.element("div").classes("th-event-type") as row:
            row.props["data-testid"] = "event-type"
            with ui.element("div"):
                Text("b", one.settings.label)
                Text("code", one.type)
                count = len(one.settings.fields)
                Text("small", f"{one.settings.group} · {count} {'field' if count == 1 else 'fields'}", "th-muted")
                if one.settings.meaning:
                    Text("small", one.settings.meaning, "th-muted")
            plain_button("Edit", lambda: self._change(one), "is-small", name=f"Edit {one.settings.label}")
            plain_button("Delete", lambda: self._delete(one), "is-small is-bad", name=f"Delete {one.settings.label}")
