"""The slide-in panel of the form: its shortcuts (Ctrl+S, Ctrl+Enter, Escape), and a guard for unsaved changes."""

from collections.abc import Awaitable, Callable, Iterable

from nicegui.element import Element


class Panel(Element, component="hook_form_panel.js"):
    def __init__(
        self, *, on_save: Callable[[], Awaitable[None]], on_leave: Callable[[], None], on_test: Callable[[], None]
    ) -> None:
        super().__init__()
        self.props["dirty"] = False
        self.on("save", on_save, [])
        self.on("leave", on_leave, [])
        self.on("test", on_test, [])

    def guard(self, dirty: bool) -> None:
        """Whether closing the browser tab asks for confirmation."""
        if self.props["dirty"] != dirty:
            self.props["dirty"] = dirty

    def reveal(self, fields: Iterable[str]) -> None:
        """Focuses the first of these fields on the page."""
        self.run_method("reveal", list(fields))
