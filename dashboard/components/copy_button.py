"""A button that copies a text, or the address of the page."""

from nicegui.element import Element


class CopyButton(Element, component="copy_button.js", esm={"th-shared": "shared"}):
    def __init__(self, label: str, text: str | None = None) -> None:
        super().__init__()
        self.props["label"] = label
        self.props["text"] = text
