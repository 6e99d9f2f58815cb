"""A name and its value, in a list of facts."""

from typing import overload

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.text import Text


class Moment(Element, component="moment.js", esm=SHARED):
    """A time in the viewer's format; in full on hover."""

    def __init__(self, iso: str) -> None:
        super().__init__()
        self.props["at"] = iso


@overload
def fact(name: str, value: str) -> Text: ...
@overload
def fact(name: str) -> Element: ...
def fact(name: str, value: str | None = None) -> Element:
    """The description element, for content other than text."""
    with ui.element("div").classes("th-fact"):
        Text("dt", name)
        return Text("dd", value) if value is not None else ui.element("dd")
