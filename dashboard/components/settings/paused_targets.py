"""Failing targets that are paused; hidden if there are none."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from dashboard.components.retries.pauses import write_seconds
from engine import Engine

ABOUT = (
    "They failed most of their last calls. What is meant for them waits, and uses up no attempt; one call at a time "
    "tries whether they answer again."
)


class PausedTargets(Element):
    def __init__(self, engine: Engine) -> None:
        super().__init__("section")
        self._engine = engine
        self._rows: dict[str, tuple[Element, Text]] = {}
        self.classes("th-card th-section th-paused")
        with self:
            heading = Text("h2", "Targets in trouble")
            Text("p", ABOUT, "th-muted")
            self._list = ui.element("ul")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
        self.refresh()

    def refresh(self) -> None:
        paused = self._engine.paused_targets()
        for target in self._rows.keys() - paused.keys():
            self._rows.pop(target)[0].delete()
        for target in paused.keys() - self._rows.keys():
            self._rows[target] = self._row(target)
        for target, seconds in paused.items():
            self._rows[target][1].text = _next_try(seconds)
        self.visible = bool(paused)

    def _row(self, target: str) -> tuple[Element, Text]:
        with self._list, ui.element("li") as row:
            Text("span", target, "th-paused-target")
            return row, Text("span", "", "th-chip is-retrying")


def _next_try(seconds: float) -> str:
    return f"Next try in {write_seconds(round(seconds))}" if seconds >= 0.5 else "Being tried"
