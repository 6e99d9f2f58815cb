"""Input for a date and time in the viewer's time zone. Its value is in UTC, as in the API."""

from collections.abc import Callable

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED


class MomentField(Element, component="moment_field.js", esm=SHARED):
    def __init__(
        self,
        value: str | None,
        *,
        on_change: Callable[[str | None], None],
        on_leave: Callable[[], None],
        input_id: str,
        described_by: str,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self._on_change = on_change
        self.props["initial"] = value
        self.props["inputId"] = input_id
        self.props["describedby"] = described_by
        self.props["disabled"] = read_only
        self.on("change", self._changed)
        self.on("leave", on_leave, [])

    def mark_invalid(self, invalid: bool) -> None:
        self.props["invalid"] = invalid

    def _changed(self, event: GenericEventArguments) -> None:
        if event.args is None or isinstance(event.args, str):
            self._on_change(event.args)
