"""A button that copies a text, or the page's URL with `search` appended."""

from nicegui.element import Element

from dashboard.components.basics.esm import SHARED


class CopyButton(Element, component="copy_button.js", esm=SHARED):
    def __init__(self, label: str, text: str | None = None, *, search: str = "") -> None:
        super().__init__()
        self.props["label"] = label
        self.props["text"] = text
        self.props["search"] = search
