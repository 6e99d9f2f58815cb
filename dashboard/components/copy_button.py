"""A button that copies a text, or the address of the page with `search` behind it."""

from nicegui.element import Element


class CopyButton(Element, component="copy_button.js", esm={"th-shared": "shared"}):
    def __init__(self, label: str, text: str | None = None, *, search: str = "") -> None:
        super().__init__()
        self.props["label"] = label
        self.props["text"] = text
        self.props["search"] = search
