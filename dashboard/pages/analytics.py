"""`/analytics`: recorded metrics, plotted over an hour, a day or a week; and their limits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.text import Text
from dashboard.components.metrics.card import MetricCard
from dashboard.components.metrics.limits import MetricLimits
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from engine import Aggregate, Engine, NotFound, Permission, Window, may

PATH = "/analytics"
REFRESH_SECONDS = 5.0
MOST_CARDS = 12
WINDOWS: Final = {Window.HOUR: "Hour", Window.DAY: "Day", Window.WEEK: "Week"}
AGGREGATES: Final = {"": "As recorded", Aggregate.SUM: "Sum", Aggregate.AVERAGE: "Average"}


def analytics_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Analytics · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        metrics = await _metrics(engine)
        with frame(who, style_url, "Analytics", PATH):
            await _Analytics(engine, who, request.query_params).build(metrics)
        return None


async def _metrics(engine: Engine) -> list[str]:
    """Metric names, most recently recorded first."""
    series = sorted(await engine.metrics.series(), key=lambda one: one.last_at, reverse=True)
    return list(dict.fromkeys(one.metric for one in series))


class _Analytics:
    """Invalid URL parameters fall back to the default."""

    def __init__(self, engine: Engine, who: Visitor, words: Mapping[str, Any]) -> None:
        self._engine, self._who = engine, who
        window, by = str(words.get("window", "")), str(words.get("by", ""))
        self._window = Window(window) if window in set(Window) else Window.DAY
        self._aggregate = Aggregate(by) if by in set(Aggregate) else None
        self._metric = str(words.get("metric", ""))
        self._cards: list[MetricCard] = []

    async def build(self, metrics: list[str]) -> None:
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                Text("h1", "Analytics")
                Text("p", "What hooks recorded, as it comes in.", "th-muted")
            with ui.element("div").classes("th-head-buttons"):
                self._links("Window", "window", WINDOWS, self._window)
                self._links("Values", "by", AGGREGATES, self._aggregate or "")
        if not metrics:
            self._show_empty()
        shown = [self._metric] if self._metric in metrics else metrics[:MOST_CARDS]
        with ui.element("div").classes("th-metrics"):
            self._cards = [MetricCard(metric, self._aggregate) for metric in shown]
        self._others([metric for metric in metrics if metric not in shown])
        read_only = not may(self._who.actor, Permission.MANAGE_LIMITS)
        self._limits = MetricLimits(
            self._engine, self._who.now, self._engine.sensitive.sight(self._who.actor), back=PATH, read_only=read_only
        )
        await self._refresh()
        ui.timer(REFRESH_SECONDS, self._refresh, immediate=False)

    async def _refresh(self) -> None:
        sight = self._engine.sensitive.sight(self._who.actor)
        for card in self._cards:
            try:
                plots = await self._engine.metrics.plots(card.metric, self._window)
            except NotFound:  # deleted meanwhile
                continue
            if card.is_deleted:
                return
            card.show([replace(plot, series=sight.series(plot.series)) for plot in plots])
        await self._limits.refresh()

    def _links(self, label: str, name: str, choices: Mapping[Any, str], chosen: str) -> None:
        """Keeps the current view in the URL."""
        with ui.element("nav").classes("th-segments") as box:
            box.props["aria-label"] = label
            for value, text in choices.items():
                link = Text("a", text)
                link.props["href"] = self._address({name: str(value)})
                if value == chosen:
                    link.props["aria-current"] = "true"

    def _address(self, changed: Mapping[str, str]) -> str:
        words = {"window": str(self._window), "by": str(self._aggregate or ""), "metric": self._metric, **changed}
        kept = {name: word for name, word in words.items() if word}
        return f"{PATH}?{urlencode(kept)}"

    def _others(self, metrics: list[str]) -> None:
        if self._metric:
            Text("a", "All metrics", "th-button").props["href"] = self._address({"metric": ""})
        elif metrics:
            with ui.element("p").classes("th-more-metrics"):
                Text("span", "More:", "th-muted")
                for metric in metrics:
                    Text("a", metric).props["href"] = self._address({"metric": metric})

    def _show_empty(self) -> None:
        address = f"{self._engine.settings.internal_url.rstrip('/')}/record-metric"
        with ui.element("div").classes("th-card th-empty"):
            Text("p", "Nothing has been recorded yet. Make a hook, on Call Ended for example, that calls")
            Text("code", f"{address}?metric=calls&label={{{{ agent_id }}}}")
            Text("p", "Each event then counts one call for its agent. With kind=measure and a value, it is averaged.")
