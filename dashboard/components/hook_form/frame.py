"""What stands around the form's sections: the panel from the right, its header, notices, and footer."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from dashboard.components.basics.buttons import button, icon_button
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.kept import Kept
from dashboard.components.hook_form.panel import Panel
from engine import Hook

Choice = tuple[str, Callable[[], object]]


class Frame:
    """`build` before `dialog.open()`; then the sections go into `body`."""

    def __init__(
        self, *, on_save: Callable[[], Awaitable[None]], on_leave: Callable[[], None], on_test: Callable[[], None]
    ) -> None:
        self._on_save, self._on_leave, self._on_test = on_save, on_leave, on_test
        self.dialog = ui.dialog().props("persistent no-shake position=right full-height maximized")
        self.dialog.classes("th-side-dialog")
        self.dialog.on("hide", self._hidden, [])

    def build(self, hook: Hook | None, *, read_only: bool, place: str, on_found: Callable[[Kept], None]) -> None:
        """`place` and `on_found` as for the panel."""
        self.dialog.clear()
        with self.dialog:
            self.panel = Panel(
                on_save=self._on_save,
                on_leave=self._on_leave,
                on_test=self._on_test,
                place=place,
                on_found=on_found,
            )
        with self.panel:
            self._header(hook, read_only=read_only)
            self._notice = ui.element("div").classes("th-panel-notice")
            self._notice.props["role"] = "alert"
            self._notice.visible = self._choosing = False
            self.body = ui.element("div").classes("th-panel-body")
            if read_only:
                with self.body:
                    Text(
                        "p",
                        "You may look at this hook and test it. Managers and admins may change it.",
                        "th-panel-info",
                    )
            self._footer(read_only=read_only)

    def notice(self, text: str, *choices: Choice) -> None:
        """Above the form, with what can be done about it; one with choices stays until one of them is taken."""
        if not choices and self._choosing:
            return
        self._choosing = bool(choices)
        self._notice.clear()
        with self._notice:
            Text("p", text)
            with ui.element("div").classes("th-buttons"):
                for label, act in choices:
                    button(label, act)
        self._notice.visible = True

    def clear_notice(self, *, taken: bool = False) -> None:
        if taken or not self._choosing:
            self._notice.visible = self._choosing = False

    def busy(self, busy: bool) -> None:
        self._save.props(add="loading" if busy else "", remove="" if busy else "loading")
        if busy:
            self.clear_notice(taken=True)

    def close(self) -> None:
        self.panel.guard(False)
        self.dialog.close()

    def _header(self, hook: Hook | None, *, read_only: bool) -> None:
        verb = "Trigger hook" if read_only else "Edit trigger hook" if hook else "New trigger hook"
        with ui.element("div").classes("th-panel-head"):
            title = Text("h2", verb, "th-dialog-title")
            title.props["id"] = f"th-{title.id}"
            self.dialog.props["aria-labelledby"] = title.props["id"]
            if hook:
                Text("span", f"#{hook.id}", "th-tag")
                Text("span", f"version {hook.version}", "th-aside")
            icon_button("close", "Close", self._on_leave, "th-close")

    def _footer(self, *, read_only: bool) -> None:
        with ui.element("div").classes("th-panel-foot"):
            Text("span", "Ctrl S saves, Ctrl Enter tests, Esc closes" if not read_only else "", "th-aside th-shortcuts")
            button("Close" if read_only else "Cancel", self._on_leave, "is-quiet")
            button("Test", self._on_test)
            self._save = button("Save", self._on_save, "is-main")
            self._save.visible = not read_only

    def _hidden(self) -> None:
        if not self.dialog.value:
            self.dialog.clear()
