"""A choice between a few values, side by side: a group of radio buttons."""

from collections.abc import Callable, Mapping

from nicegui.element import Element
from nicegui.events import GenericEventArguments


class Choice(Element, component="choice.js"):
    """`options` maps each value to its label."""

    def __init__(
        self,
        options: Mapping[str, str],
        *,
        value: str,
        label: str,
        on_change: Callable[[str], None],
        described_by: str | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.value = value
        self._on_change = on_change
        self._options = options
        self.props["options"] = [{"value": value, "label": label} for value, label in options.items()]
        self.props["initial"] = value
        self.props["label"] = label
        self.props["describedby"] = described_by
        self.props["disabled"] = read_only
        self.on("change", self._changed)

    def set(self, value: str) -> None:
        """Does not call `on_change`."""
        if value != self.value:
            self.value = value
            self.run_method("set", value)

    def _changed(self, event: GenericEventArguments) -> None:
        if event.args in self._options:
            self.value = event.args
            self._on_change(event.args)
