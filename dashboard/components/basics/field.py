"""A label, its control, and below it a hint or an error: the frame of every form field."""

from typing import TypeVar

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text

Box = TypeVar("Box", ui.input, ui.textarea)


class FormField(Element):
    """`name` is the engine's name of the field. `inside` adds the control, whose id is `control_id`; `caption` is shown
    above it."""

    def __init__(self, name: str, label: str, *, note: str = "", hint: str = "", caption: str = "label") -> None:
        super().__init__("div")
        self.classes("th-field")
        self.name, self.required = name, note == "Required"
        self.control_id = f"th-{self.id}"
        self.help_id = f"{self.control_id}-help"
        self._hint = hint
        self.props["data-field"] = name
        with self:
            with ui.element("div").classes("th-caption") as self.caption:
                named = Text(caption, label, "th-label")
                if caption == "label":
                    named.props["for"] = self.control_id
                self.aside = Text("span", note, "th-aside")
            self.inside = ui.element("div").classes("th-control")
            with ui.element("div").classes("th-field-help") as below:
                below.props["id"] = self.help_id
                self._problem = Text("p", "", "th-error")
                self._hint_text = Text("p", hint, "th-hint")
        self.show(None)

    def show(self, problem: str | None) -> None:
        """Shows the problem instead of the hint; None restores the hint."""
        if problem == (self._problem.text or None) and self._problem.visible == bool(problem):
            return
        self._problem.text = problem or ""
        self._problem.visible = bool(problem)
        self._hint_text.visible = bool(self._hint_text.text) and not problem
        self.classes(add="is-invalid" if problem else "", remove="" if problem else "is-invalid")

    def hint(self, text: str | None, *, warning: bool = False) -> None:
        """Replaces the hint for now; None restores the original one."""
        self._hint_text.text = self._hint if text is None else text
        self._hint_text.visible = bool(self._hint_text.text) and not self._problem.visible
        self._hint_text.classes(add="is-warning" if warning else "", remove="" if warning else "is-warning")


def text_input(field: FormField, value: str, *, placeholder: str = "", read_only: bool = False) -> ui.input:
    """A line of text inside the field."""
    with field.inside:
        box = ui.input(value=value, placeholder=placeholder)
    return _set_up(box, field, read_only)


def text_area(field: FormField, value: str, *, placeholder: str = "", read_only: bool = False) -> ui.textarea:
    with field.inside:
        area = ui.textarea(value=value, placeholder=placeholder)
    area.props("autogrow")
    return _set_up(area, field, read_only)


def _set_up(box: Box, field: FormField, read_only: bool) -> Box:
    box.props("outlined dense hide-bottom-space autocomplete=off").classes("th-text").mark(field.name)
    box.props["for"] = field.control_id
    box.props["aria-describedby"] = field.help_id
    box.props["readonly"] = read_only
    box.props["aria-required"] = field.required
    return box
