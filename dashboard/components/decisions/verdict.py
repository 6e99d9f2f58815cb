"""The result in one plain sentence, with icon and colour; `bring` scrolls it into view on a small window."""

from typing import Literal

from nicegui.element import Element

from dashboard.components.basics.esm import SHARED


class Verdict(Element, component="verdict.js", esm=SHARED):
    def __init__(
        self, tone: Literal["yes", "no", "unknown", "wait"], text: str, about: str = "", *, bring: bool = False
    ) -> None:
        super().__init__()
        self.props["tone"] = tone
        self.props["text"] = text
        self.props["about"] = about
        self.props["bring"] = bring
