"""A section that folds away, leaving its heading and a one-line summary."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text


class Fold(Element):
    """`summary` is the line, `inside` adds the fields. The panel unfolds it to reveal a field in it."""

    def __init__(self, title: str, *, open: bool) -> None:
        super().__init__("section")
        self.classes("th-form-section is-folding")
        with self, ui.element("details") as details:
            details.mark(title).props["open"] = open
            with ui.element("summary"):
                heading = Text("h3", title, "th-form-section-title")
                self.summary = Text("p", "", "th-form-section-about")
            self.inside = ui.element("div").classes("th-form-section-inside")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
