"""Metric limits: the state of each series, and for Managers a way to change them."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.text import Text
from dashboard.components.metrics.card import number
from dashboard.components.metrics.limit_form import LimitForm
from engine import Actor, Aggregate, AlertEvent, Engine, Limit, SavedLimit, Series, Sight, Standing

ABOUT = (
    "A limit tells by an event when a metric crosses it, and again only after it came back. Hooks on Performance "
    "Threshold and Performance Alert, of the role System, hear of it."
)


class MetricLimits(Element):
    """`actor` is called before each change for the current actor; `sight` decides what is shown of labels."""

    def __init__(self, engine: Engine, actor: ActorNow, sight: Sight, *, back: str, read_only: bool) -> None:
        super().__init__("section")
        self._engine, self._actor, self._sight = engine, actor, sight
        self._back, self._read_only = back, read_only
        self._shown: Any = None
        self.classes("th-card th-section th-watched th-panel")
        with self:
            with ui.element("div").classes("th-metric-head"):
                heading = Text("h2", "Limits of metrics")
                if not read_only:
                    button("Add a limit", lambda: self._open(None), "is-small")
            Text("p", ABOUT, "th-hint")
            self._form = ui.element("div")
            self._list = ui.element("ul").classes("th-log")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]

    async def refresh(self) -> None:
        """Redraws only if something changed."""
        limits, standings = self._engine.metrics.limits, await self._engine.metrics.standings()
        if self.is_deleted or self._shown == (limits, standings):
            return
        series = {one.id: self._sight.series(one) for one in await self._engine.metrics.series()}
        if self.is_deleted:
            return
        self._shown = (limits, standings)
        self._list.clear()
        with self._list:
            if not limits:
                Text("li", "There is none yet.", "th-muted")
            for saved in limits:
                self._limit(saved, [one for one in standings if one.limit_id == saved.id and one.beyond], series)

    def _limit(self, saved: SavedLimit, beyond: Sequence[Standing], series: Mapping[int, Series]) -> None:
        limit = saved.limit
        with ui.element("li").classes("th-limit"):
            with ui.element("div"):
                Text("b", in_words(limit))
                Text("span", _notification_text(limit), "th-log-reason th-muted")
                for standing in beyond:
                    _show_crossing(standing, series.get(standing.series_id))
            if not limit.enabled:
                Text("span", "Off", "th-chip is-cancelled")
            elif beyond:
                Text("span", "Crossed", "th-chip is-failed")
            else:
                Text("span", "Within", "th-chip is-succeeded")
            if not self._read_only:
                edit = button("Edit", lambda: self._open(saved), "is-small")
                edit.props["aria-label"] = f"Edit: {in_words(limit)}"
                delete = button("Delete", lambda: self._ask_to_delete(saved), "is-small is-quiet")
                delete.props["aria-label"] = f"Delete: {in_words(limit)}"

    def _open(self, saved: SavedLimit | None) -> None:
        self._form.clear()
        with self._form:
            LimitForm(self._engine, saved, save=self._save, close=self._close)

    def _close(self) -> None:
        self._form.clear()

    async def _save(self, form: LimitForm) -> None:
        async def save(actor: Actor) -> bool:
            await self._engine.metrics.save_limit(form.raw, actor=actor, limit_id=form.limit_id)
            return True

        if await act(self._actor, save, within=self, back=self._back, problems=form.show):
            self._close()
            toast("The limit is saved.", "good")
            await self.refresh()

    def _ask_to_delete(self, saved: SavedLimit) -> None:
        def go() -> None:
            later(self._delete(saved.id), name="delete a limit")

        words = in_words(saved.limit)
        confirm("Delete this limit?", f"{words}. Nothing tells of it any more.", stay="Keep it", go="Delete", on_go=go)

    async def _delete(self, limit_id: int) -> None:
        async def delete(actor: Actor) -> None:
            await self._engine.metrics.delete_limit(limit_id, actor=actor)

        await act(self._actor, delete, within=self, back=self._back)
        await self.refresh()


def in_words(limit: Limit) -> str:
    """Such as "talk_seconds of agent_07: average of 60 minutes above 100"."""
    whose = f" of {limit.label}" if limit.label else ""
    how = "sum" if limit.aggregate is Aggregate.SUM else "average"
    minutes = "1 minute" if limit.window == 1 else f"{limit.window} minutes"
    return f"{limit.metric}{whose}: {how} of {minutes} {limit.comparison} {number(limit.threshold)}"


def _notification_text(limit: Limit) -> str:
    if limit.event is AlertEvent.AGENT:
        return "tells by Performance Threshold, with the label as the agent"
    return f"tells by Performance Alert, severity {limit.severity}, with the label as the campaign"


def _show_crossing(standing: Standing, series: Series | None) -> None:
    with ui.element("span").classes("th-log-foot"):
        whose = (series.label_name or series.label) if series else ""
        Text("span", f"{whose or 'All'}: crossed with {number(standing.value)}")
        Moment(standing.since.isoformat())
