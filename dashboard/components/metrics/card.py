"""A metric over a window: a plot of its series, and the same values as a table."""

from collections.abc import Sequence
from typing import Any, Final, cast

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.fact import Moment
from dashboard.components.basics.text import Text
from engine import Aggregate, MetricKind, Plot

COLOURS: Final = ("accent-text", "good", "warn", "info", "code", "bad")
SHOWN_ROWS = 30


class MetricCard(Element):
    """`aggregate` None shows series by how they were recorded: counts as sums, measures as averages."""

    def __init__(self, metric: str, aggregate: Aggregate | None) -> None:
        super().__init__("section")
        self.metric, self._chosen = metric, aggregate
        self.classes("th-card th-section th-metric")
        with self:
            with ui.element("div").classes("th-metric-head"):
                heading = Text("h2", metric)
                self._how = Text("span", "", "th-muted")
            self._legend = ui.element("ul").classes("th-legend")
            self._chart = ui.echart({}, renderer="svg").classes("th-plot")
            with ui.element("details").classes("th-values"):
                Text("summary", "As a table")
                self._table = ui.element("div").classes("th-values-box")
                self._table.props.update({"tabindex": "0", "role": "region", "aria-label": f"Values of {metric}"})
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
        # The legend and the table describe the drawing in words.
        self._chart.props["aria-hidden"] = "true"

    def show(self, plots: Sequence[Plot]) -> None:
        """Redraws only if something changed."""
        aggregate = self._chosen or usual(plots)
        options = _options(plots, aggregate)
        drawn = cast("dict[str, Any]", self._chart.options)  # pyright: ignore[reportUnknownMemberType]
        if options == drawn:
            return
        drawn.clear()
        drawn.update(options)
        self._chart.update()
        step = {1: "by the minute", 15: "by the quarter of an hour", 60: "by the hour"}[plots[0].window.step]
        self._how.text = f"{'Sum' if aggregate is Aggregate.SUM else 'Average'} {step}"
        self._legend.clear()
        with self._legend:
            for index, plot in enumerate(plots):
                _key(plot, index, aggregate)
        self._table.clear()
        with self._table:
            _values(plots, aggregate)


def usual(plots: Sequence[Plot]) -> Aggregate:
    return Aggregate.SUM if plots[0].series.kind is MetricKind.COUNT else Aggregate.AVERAGE


def named(plot: Plot) -> str:
    series = plot.series
    return series.label_name or series.label or "All"


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _key(plot: Plot, index: int, aggregate: Aggregate) -> None:
    with ui.element("li"):
        ui.element("i").style(f"background: {_colour(index)}")
        Text("span", named(plot))
        Text("b", number(plot.whole(aggregate)))


def _colour(index: int) -> str:
    return f"var(--th-{COLOURS[index % len(COLOURS)]})"


def _values(plots: Sequence[Plot], aggregate: Aggregate) -> None:
    """Newest first, only buckets with values."""
    columns = [dict(plot.points(aggregate)) for plot in plots]
    filled = {bucket.at for plot in plots for bucket in plot.buckets}
    with ui.element("table").classes("th-table"):
        with ui.element("thead"), ui.element("tr"):
            for name in ("From", *(named(plot) for plot in plots)):
                Text("th", name).props["scope"] = "col"
        with ui.element("tbody"):
            for at in sorted(filled, reverse=True)[:SHOWN_ROWS]:
                with ui.element("tr"):
                    with ui.element("td").classes("is-stamp"):
                        Moment(at.isoformat())
                    for plot, column in zip(plots, columns, strict=True):
                        Text("td", number(column.get(at))).props["data-label"] = named(plot)
    if not filled:
        Text("p", "Nothing was recorded in this time.", "th-muted")
    elif len(filled) > SHOWN_ROWS:
        Text("p", f"The newest {SHOWN_ROWS} of {len(filled)}; all of them over the API.", "th-note")


def _options(plots: Sequence[Plot], aggregate: Aggregate) -> dict[str, Any]:
    """Options for ECharts; colours come from the theme, so that light and dark share one plot."""
    line = {"lineStyle": {"color": "var(--th-line)"}}
    label = {"color": "var(--th-muted)", "fontFamily": "var(--th-font)", "fontSize": 11}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 14, "top": 14, "bottom": 4, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "backgroundColor": "var(--th-surface)",
            "borderColor": "var(--th-line)",
            "textStyle": {"color": "var(--th-text)", "fontFamily": "var(--th-font)", "fontSize": 12},
        },
        "xAxis": {
            "type": "time",
            "axisLine": line,
            "axisTick": line,
            "axisLabel": {**label, "hideOverlap": True},
            "splitLine": {"show": False},
        },
        "yAxis": {"type": "value", "splitNumber": 3, "axisLabel": label, "splitLine": line},
        "series": [_series(plot, index, aggregate) for index, plot in enumerate(plots)],
    }


def _series(plot: Plot, index: int, aggregate: Aggregate) -> dict[str, Any]:
    colour = _colour(index)
    shared: dict[str, Any] = {
        "name": named(plot),
        "data": [[at.timestamp() * 1_000, value] for at, value in plot.points(aggregate)],
        "color": colour,
        "emphasis": {"disabled": True},
    }
    if aggregate is Aggregate.SUM:
        return {**shared, "type": "bar", "stack": "all", "barMaxWidth": 14}
    return {
        **shared,
        "type": "line",
        "symbolSize": 5,
        "showAllSymbol": True,
        "lineStyle": {"color": colour, "width": 2},
    }
