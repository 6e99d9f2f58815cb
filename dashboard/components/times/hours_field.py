"""Input for weekdays, opening and closing times, and a time zone, in the API's format."""

from collections.abc import Callable, Collection
from typing import cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import set_prop
from engine import LABELS, Day, Json


class HoursField(Element, component="hours_field.js"):
    def __init__(
        self,
        value: Json,
        *,
        on_change: Callable[[dict[str, Json]], None],
        on_leave: Callable[[], None],
        described_by: str,
        read_only: bool = False,
    ) -> None:
        """`value` None starts with office hours in the browser's time zone, which `ask` reports."""
        super().__init__()
        self._on_change = on_change
        self.props["initial"] = value
        self.props["days"] = [{"value": str(day), "label": LABELS[day]} for day in Day]
        self.props["describedby"] = described_by
        self.props["disabled"] = read_only
        self.on("change", self._changed)
        self.on("leave", on_leave, [])

    def ask(self) -> None:
        """Reports the currently shown value as a change."""
        self.run_method("tell")

    def mark_invalid(self, places: Collection[str]) -> None:
        set_prop(self, "wrong", sorted(places))

    def _changed(self, event: GenericEventArguments) -> None:
        args: object = event.args
        if isinstance(args, dict):
            self._on_change(cast("dict[str, Json]", args))
