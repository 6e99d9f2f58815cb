"""A small form dialog: errors appear beside their field, and it stays open until the submit succeeds."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.dialogs import small_dialog
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from engine import InvalidAccount, TriggerHooksError

_WHOLE: Final = ""


class DialogForm:
    """Call within a slot of the page. `submit` performs the action and closes the dialog on success."""

    def __init__(
        self, title: str, text: str, *, go: str, submit: Callable[[], Awaitable[None]], look: str = "is-main"
    ) -> None:
        self._submit, self._fields = submit, dict[str, FormField]()
        self._busy = False
        with small_dialog(title, text, look="th-dialog") as self._dialog:
            self.inside = ui.element("div").classes("th-dialog-fields")
            self._problem = Text("p", "", "th-error")
            self._problem.props["role"] = "alert"
            with ui.element("div").classes("th-buttons"):
                button("Cancel", self._dialog.close)
                button(go, self._on_go, look)

    def field(self, name: str, label: str, *, kind: str = "text", hint: str = "", complete: str = "off") -> ui.input:
        """`kind` is the input type, `complete` its autocomplete hint."""
        with self.inside:
            field = FormField(name, label, hint=hint)
        box = text_input(field, "")
        box.props["type"], box.props["autocomplete"] = kind, complete
        box.on("keydown.enter", self._on_go, [])
        if not self._fields:
            box.props["autofocus"] = True
        self._fields[name] = field
        return box

    def close(self) -> None:
        self._dialog.close()

    async def _on_go(self) -> None:
        if self._busy:
            return
        self._busy = True
        self._show({})
        try:
            await self._submit()
        except InvalidAccount as error:
            self._show(dict(error.problems))
        except TriggerHooksError as error:
            self._show({_WHOLE: str(error)})
        finally:
            self._busy = False

    def _show(self, problems: dict[str, str]) -> None:
        for name, field in self._fields.items():
            field.show(problems.pop(name, None))
        self._problem.text = " ".join(problems.values())


def show_once(title: str, text: str, lines: tuple[str, ...], *, copy: str) -> None:
    """Shows a value once, for copying."""
    with small_dialog(title, text, look="th-dialog", persistent=True) as dialog:
        with ui.element("div").classes("th-once"):
            for line in lines:
                Text("code", line)
        with ui.element("div").classes("th-buttons"):
            CopyButton(copy, "\n".join(lines))
            button("Done", dialog.close, "is-main")
