"""What became of what a source posted within a day: three sums, with hours or reasons."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from engine import Outcome, SourceCount

DAY = timedelta(hours=24)
MOST_REASONS = 4


class SourceCounts(Element):
    def __init__(self) -> None:
        super().__init__("div")
        self.classes("th-source-counts")

    def show(self, counts: Sequence[SourceCount], now: datetime) -> None:
        recent = [one for one in counts if one.begins_at > now - DAY]
        self.clear()
        with self:
            with _card("Accepted, 24 h", _sum(recent, Outcome.ACCEPTED)):
                _bars([one for one in recent if one.outcome is Outcome.ACCEPTED], now)
            for outcome, name in ((Outcome.IGNORED, "Ignored"), (Outcome.REFUSED, "Refused")):
                with _card(name, _sum(recent, outcome), "is-bad" if outcome is Outcome.REFUSED else ""):
                    _reasons([one for one in recent if one.outcome is outcome])


def _sum(counts: Sequence[SourceCount], outcome: Outcome) -> int:
    return sum(one.count for one in counts if one.outcome is outcome)


def _card(name: str, total: int, look: str = "") -> Element:
    card = ui.element("section").classes("th-card th-source-count")
    with card:
        Text("h2", name)
        Text("b", f"{total:,}", look if total else "th-muted")
    return card


def _reasons(counts: Sequence[SourceCount]) -> None:
    """The most frequent first."""
    by_reason = Counter[str]()
    for one in counts:
        by_reason[one.reason] += one.count
    with ui.element("ul").classes("th-source-reasons"):
        for reason, count in by_reason.most_common(MOST_REASONS):
            with ui.element("li"):
                Text("span", reason)
                Text("span", f"{count:,}", "th-muted")
        if len(by_reason) > MOST_REASONS:
            Text("li", f"and {len(by_reason) - MOST_REASONS} other reasons", "th-muted")


def _bars(counts: Sequence[SourceCount], now: datetime) -> None:
    """One for each hour, the newest at the right."""
    hours = Counter[int]()
    for one in counts:
        hours[one.hour] += one.count
    last = int(now.timestamp()) // 3_600
    values = [hours[hour] for hour in range(last - 23, last + 1)]
    most = max(values)
    with ui.element("div").classes("th-source-bars") as bars:
        bars.props.update({"role": "img", "aria-label": f"By hour, the most {most:,}, in the last hour {values[-1]:,}"})
        for value in values:
            ui.element("i").style(f"height: {max(2, round(40 * value / most)) if most else 2}px")
