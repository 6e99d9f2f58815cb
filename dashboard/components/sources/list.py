"""The list of sources: what came from each within a day."""

from collections.abc import Mapping, Sequence

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from dashboard.components.sources.state import platform_label, source_state
from engine import LABELS, Outcome, Source

HEADS = ("Source", "State", "Accepted, 24 h", "Ignored", "Refused")
NO_SOURCE = "There is no source yet. Make one for each platform that is to post here, and paste its address there."


class SourceList(Element):
    def __init__(self) -> None:
        super().__init__("div")

    def show(self, sources: Sequence[Source], totals: Mapping[tuple[int, Outcome], int]) -> None:
        self.clear()
        with self:
            if not sources:
                Text("p", NO_SOURCE, "th-muted th-empty")
                return
            with ui.element("table").classes("th-table th-runs th-sources"):
                with ui.element("thead"), ui.element("tr"):
                    for name in HEADS:
                        Text("th", name).props["scope"] = "col"
                with ui.element("tbody"):
                    for source in sources:
                        _row(source, totals)


def _row(source: Source, totals: Mapping[tuple[int, Outcome], int]) -> None:
    with ui.element("tr") as row:
        row.props["data-testid"] = "source"
        with ui.element("td"):
            link = Text("a", source.settings.name, "th-title")
            link.props["href"] = f"/sources/{source.id}"
            Text("small", f"{platform_label(source)} · events as {LABELS[source.settings.role]}")
        with _cell("State"), ui.element("div").classes("th-source-state"):
            source_state(source)
        for outcome, name in zip(Outcome, HEADS[2:], strict=True):
            with _cell(name, "is-count"):
                count = totals.get((source.id, outcome), 0)
                Text("span", f"{count:,}", "" if count else "th-muted")


def _cell(label: str, look: str = "") -> Element:
    cell = ui.element("td").classes(f"th-source-cell {look}")
    cell.props["data-label"] = label
    return cell
