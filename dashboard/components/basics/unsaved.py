"""Guards unsaved changes: while it is on, leaving the page asks for confirmation."""

from nicegui.element import Element


class Unsaved(Element, component="unsaved.js"):
    def __init__(self) -> None:
        super().__init__()
        self.props["dirty"] = False

    def guard(self, dirty: bool) -> None:
        if self.props["dirty"] != dirty:
            self.props["dirty"] = dirty
