"""A choice from a list, rendered by one Vue component: searchable, or as a plain drop-down."""

from collections.abc import Callable, Sequence
from typing import TypedDict

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED


class Option(TypedDict, total=False):
    """`detail` is a line below the label, `note` is on its right, and `words` are searched as well."""

    value: str
    label: str
    detail: str
    note: str
    group: str
    words: list[str]


class Combobox(Element, component="combobox.js", esm=SHARED):
    def __init__(
        self,
        options: Sequence[Option],
        *,
        value: str,
        label: str,
        on_change: Callable[[str], None],
        on_leave: Callable[[], None] = lambda: None,
        input_id: str | None = None,
        placeholder: str = "",
        search: bool = False,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.value = value
        self._on_change = on_change
        self.props["options"] = list(options)
        self.props["initial"] = value
        self.props["label"] = label
        self.props["inputId"] = input_id
        self.props["placeholder"] = placeholder
        self.props["search"] = search
        self.props["disabled"] = read_only
        self.on("change", self._changed)
        self.on("leave", on_leave, [])

    def mark_invalid(self, invalid: bool, described_by: str | None) -> None:
        self.props["invalid"] = invalid
        self.props["describedby"] = described_by

    def set(self, value: str) -> None:
        """Does not call `on_change`."""
        if value != self.value:
            self.value = value
            self.run_method("set", value)

    def offer(self, options: Sequence[Option]) -> None:
        """Replaces the options."""
        self.props["options"] = list(options)

    def _changed(self, event: GenericEventArguments) -> None:
        if isinstance(event.args, str):
            self.value = event.args
            self._on_change(event.args)
