"""Sources that normally send and have stopped; hidden if there are none."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from engine import SilentSource, silence_in_words

ABOUT = "They normally send at this time, and have stopped."


class SilentSources(Element):
    def __init__(self) -> None:
        super().__init__("section")
        self.classes("th-card th-section th-paused")
        with self:
            heading = Text("h2", "Silent sources")
            Text("p", ABOUT, "th-muted")
            self._list = ui.element("ul")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
        self.visible = False

    def show(self, silent: Sequence[SilentSource]) -> None:
        self.visible = bool(silent)
        self._list.clear()
        with self._list:
            for one in silent:
                with ui.element("li"):
                    link = Text("a", one.source.settings.name, "th-paused-target")
                    link.props["href"] = f"/sources/{one.source.id}"
                    Text("span", silence_in_words(one), "th-muted")
