"""Buttons. `look` is of `is-main`, `is-add`, `is-bad`, `is-quiet`, `is-small`; all take it from one sheet."""

from collections.abc import Callable

from nicegui import ui

from dashboard.components.basics.text import Text


def button(label: str, on_click: Callable[[], object], look: str = "") -> ui.button:
    """In dialogs and forms: it can be disabled, and takes focus as a dialog opens."""
    made = ui.button(label, on_click=on_click, color=None)
    return made.props("unelevated no-caps :ripple=false").classes(f"th-button {look}")


def icon_button(icon: str, name: str, on_click: Callable[[], object], classes: str) -> ui.button:
    """Says its name to a screen reader alone."""
    made = ui.button(icon=icon, on_click=on_click, color=None).props("flat round dense :ripple=false")
    made.props["aria-label"] = name
    return made.classes(classes)


def plain_button(label: str, on_click: Callable[[], object], look: str = "", *, name: str = "") -> Text:
    """On pages and in the rows of tables, which have many. `name` is what a screen reader says for the label."""
    made = Text("button", label, f"th-button {look}")
    made.props["type"] = "button"
    if name:
        made.props["aria-label"] = name
    made.on("click", on_click, [])
    return made


def submit_button(label: str, look: str = "") -> Text:
    """Of a form that the browser sends by itself."""
    made = Text("button", label, f"th-button {look}")
    made.props["type"] = "submit"
    return made
