"""A sentence that renders text between backticks as code."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text


def prose(tag: str, text: str, classes: str = "") -> Element:
    with ui.element(tag).classes(classes) as element:
        for number, part in enumerate(text.split("`")):
            if part:
                Text("code" if number % 2 else "span", part)
    return element
