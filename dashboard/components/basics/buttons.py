"""Buttons. `look` is one of `is-main`, `is-add`, `is-bad`, `is-quiet`, `is-small`; one style sheet defines them all."""

from collections.abc import Callable

from nicegui import ui

from dashboard.components.basics.text import Text


def button(label: str, on_click: Callable[[], object], look: str = "") -> ui.button:
    """For dialogs and forms: it can be disabled, and can take focus when a dialog opens."""
    element = ui.button(label, on_click=on_click, color=None)
    return element.props("unelevated no-caps :ripple=false").classes(f"th-button {look}")


def icon_button(icon: str, name: str, on_click: Callable[[], object], classes: str) -> ui.button:
    """Has a name for screen readers only."""
    element = ui.button(icon=icon, on_click=on_click, color=None).props("flat round dense :ripple=false")
    element.props["aria-label"] = name
    return element.classes(classes)


def plain_button(label: str, on_click: Callable[[], object], look: str = "", *, name: str = "") -> Text:
    """For pages and table rows with many buttons. `name` replaces the label for screen readers."""
    element = Text("button", label, f"th-button {look}")
    element.props["type"] = "button"
    if name:
        element.props["aria-label"] = name
    element.on("click", on_click, [])
    return element


def submit_button(label: str, look: str = "") -> Text:
    """For a form that the browser submits itself."""
    element = Text("button", label, f"th-button {look}")
    element.props["type"] = "submit"
    return element
