"""Fields that a source no longer sends as before, each with the hooks that read it."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from engine import Drift, Engine


class SourceDrifts(Element):
    """Hidden if there are none."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("section")
        self._engine = engine
        self.classes("th-source-drifts")
        self.props["aria-label"] = "Fields that changed"

    def show(self, drifts: Sequence[Drift]) -> None:
        self.visible = bool(drifts)
        self.clear()
        with self:
            for drift in drifts:
                with ui.element("div").classes("th-source-drift") as row:
                    row.props["data-testid"] = "drift"
                    Text("p", self._engine.drift.words_of(drift))
                    for hook in self._engine.drift.readers_of(drift):
                        Text("a", hook.definition.title).props["href"] = f"/executions?hook_id={hook.id}"
