"""Buttons. `look` is one of `is-main`, `is-add`, `is-bad`, `is-quiet`, `is-small`; one style sheet defines them all."""

from collections.abc import Callable

from nicegui import ui

from dashboard.components.basics.text import Text


def button(label: str, on_click: Callable[[], object], look: str = "") -> ui.button:
    """For dialogs and forms: it can be disabled, and can take focus when a dialog opens."""
    made = ui.button(label, on_click=on_click, color=None)
    return made.props("unelevated no-caps :ripple=false").classes(f"th-button {look}")


def icon_button(icon: str, name: str, on_click: Callable[[], object], classes: str) -> ui.button:
    """Has a name for screen readers only."""
    made = ui.button(icon=icon, on_click=on_click, color=None).props("flat round dense :ripple=false")
    made.props["aria-label"] = name
    return made.classes(classes)


def plain_button(label: str, on_click: Callable[[], object], look: str = "", *, name: str = "") -> Text:
    """For pages and table rows with many buttons. `name` replaces the label for screen readers."""
    made = Text("button", label, f"th-button {look}")
    made.props["type"] = "button"
    if name:
        made.props["aria-label"] = name
    made.on("click", on_click, [])
    return made


def submit_button(label: str, look: str = "") -> Text:
    """For a form that the browser submits itself."""
    made = Text("button", label, f"th-button {look}")
    made.props["type"] = "submit"
    return made
