"""A form for a metric limit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from engine import Aggregate, AlertEvent, Comparison, Engine, Json, SavedLimit, Severity

_NEW: Mapping[str, Json] = {
    "metric": "",
    "comparison": Comparison.ABOVE.value,
    "threshold": "",
    "window": 60,
    "aggregate": Aggregate.AVERAGE.value,
    "event": AlertEvent.AGENT.value,
    "severity": Severity.MEDIUM.value,
    "label": "",
    "enabled": True,
}
_EVENTS = {AlertEvent.AGENT: "Performance Threshold", AlertEvent.CAMPAIGN: "Performance Alert"}


class LimitForm(Element):
    def __init__(
        self,
        engine: Engine,
        saved: SavedLimit | None,
        *,
        save: Callable[["LimitForm"], Awaitable[None]],
        close: Callable[[], None],
    ) -> None:
        super().__init__("div")
        self.limit_id = saved.id if saved else 0
        self._raw: dict[str, Json] = engine.metrics.raw_limit(saved.limit) if saved else dict(_NEW)
        self._fields: dict[str, FormField] = {}
        self.classes("th-limit-form")
        self.props.update({"role": "group", "aria-label": "Edit the limit" if saved else "New limit"})
        with self:
            self._write_in("metric", "Metric", placeholder="talk_seconds")
            self._write_in("label", "Label", placeholder="Any", note="Optional")
            self._choice("aggregate", "Of its values", {Aggregate.AVERAGE: "the average", Aggregate.SUM: "the sum"})
            self._write_in("window", "Of the last minutes", placeholder="60")
            self._choice("comparison", "Is", {Comparison.ABOVE: "above", Comparison.BELOW: "below"})
            self._write_in("threshold", "The limit", placeholder="100")
            self._choice("event", "Tells by", _EVENTS)
            self._choice("severity", "Severity (of an alert)", {one: one.value.capitalize() for one in Severity})
            on = ui.switch("Watched", value=self._raw["enabled"], on_change=self._on_enabled)
            on.props("dense :ripple=false").classes("th-toggle")
            with ui.element("div").classes("th-buttons"):
                button("Cancel", close, "is-quiet")
                button("Save", lambda: save(self), "is-main")

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format; invalid numbers stay text, which the engine rejects."""
        return {**self._raw, "threshold": _number(self._raw["threshold"]), "window": _number(self._raw["window"])}

    def show(self, problems: Mapping[str, str]) -> None:
        for name, field in self._fields.items():
            field.show(problems.get(name))

    def _write_in(self, name: str, label: str, *, placeholder: str, note: str = "") -> None:
        field = self._fields[name] = FormField(name, label, note=note)
        box = text_input(field, str(self._raw[name]), placeholder=placeholder)
        box.on_value_change(lambda event: self._write(name, str(event.value or "").strip()))

    def _choice(self, name: str, label: str, options: Mapping[Any, str]) -> None:
        field = self._fields[name] = FormField(name, label)
        with field.inside:
            Combobox(
                _options(list(options.items())),
                value=str(self._raw[name]),
                label=label,
                on_change=lambda value: self._write(name, value),
                input_id=field.control_id,
            )

    def _on_enabled(self, event: Any) -> None:
        self._raw["enabled"] = bool(event.value)

    def _write(self, name: str, value: str) -> None:
        self._raw[name] = value
        self._fields[name].show(None)


def _options(named: Sequence[tuple[StrEnum, str]]) -> list[Option]:
    return [Option(value=one.value, label=label) for one, label in named]


def _number(value: Json) -> Json:
    """The number, or the text itself if it is none."""
    if not isinstance(value, str):
        return value
    for read in (int, float):
        try:
            return read(value.replace(",", ""))
        except ValueError:
            continue
    return value
