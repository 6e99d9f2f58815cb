"""The slide-in panel of the form: its shortcuts (Ctrl+S, Ctrl+Enter, Escape), and a guard for unsaved changes.

What is written is kept in the browser too, so that it outlives a restart of the server, and the connection.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.hook_form.kept import Kept, read_kept
from engine import Json


class Panel(Element, component="hook_form_panel.js"):
    def __init__(
        self,
        *,
        on_save: Callable[[], Awaitable[None]],
        on_leave: Callable[[], None],
        on_test: Callable[[], None],
        place: str = "",
        on_found: Callable[[Kept], None] = lambda _: None,
    ) -> None:
        """`place` is where the browser keeps what is written; `on_found` is called with what it kept before."""
        super().__init__()
        self.props.update(dirty=False, place=place)
        self._on_found = on_found
        self.on("found", self._found)
        self.on("save", on_save, [])
        self.on("leave", on_leave, [])
        self.on("test", on_test, [])

    def guard(self, dirty: bool) -> None:
        """Whether closing the browser tab asks for confirmation."""
        if self.props["dirty"] != dirty:
            self.props["dirty"] = dirty

    def keep(self, raw: Mapping[str, Json], version: int | None) -> None:
        """Without secrets."""
        self.run_method("keep", raw, version)

    def forget(self) -> None:
        """By the page itself: where the panel closes at the same time, it hears nothing any more."""
        self.client.run_javascript(f"localStorage.removeItem({json.dumps(self.props['place'])})")

    def _found(self, event: GenericEventArguments) -> None:
        document: Any = event.args
        if kept := read_kept(document):
            self._on_found(kept)

    def reveal(self, fields: Iterable[str]) -> None:
        """Focuses the first of these fields on the page."""
        self.run_method("reveal", list(fields))
