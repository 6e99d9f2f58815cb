"""Dialogs: a small form, a confirmation before something is lost, a short message afterwards."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.text import Text


@contextmanager
def small_dialog(
    title: str, about: str = "", *, heading: str | None = None, look: str = "", persistent: bool = False
) -> Generator[ui.dialog]:
    """Opens once it is filled, and is deleted once it closes. `heading` replaces the title inside the dialog.

    A `persistent` dialog closes only by its buttons.
    """
    with ui.dialog() as dialog, ui.element("div").classes(f"th-confirm {look}"):
        dialog.props.update({"aria-label": title, "persistent": persistent})
        if heading != "":
            Text("h2", heading or title, "th-dialog-title")
        if about:
            Text("p", about, "th-hint")
        yield dialog
    dialog.on("hide", dialog.delete, [])
    dialog.open()


def confirm(title: str, text: str, *, stay: str, go: str, on_go: Callable[[], None]) -> None:
    with small_dialog(title, text) as dialog:

        def leave() -> None:
            dialog.close()
            on_go()

        with ui.element("div").classes("th-buttons"):
            button(stay, dialog.close).props("autofocus")
            button(go, leave, "is-bad")


def toast(message: str, kind: Literal["good", "bad"]) -> None:
    ui.notify(message, position="bottom", classes=f"th-toast is-{kind}", timeout=4000, close_button=False)
