"""A native select."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.text import Text


class Select(Element):
    """`options` maps each value to its label. If a change is refused, the callback must redraw the select."""

    def __init__(
        self, options: Mapping[str, str], *, value: str, label: str, on_change: Callable[[str], Awaitable[None]]
    ) -> None:
        super().__init__("select")
        self._options, self._on_change = options, on_change
        self.value = value
        self.classes("th-select")
        self.props["aria-label"] = label
        with self:
            for one, words in options.items():
                option = Text("option", words)
                option.props["value"] = one
                option.props["selected"] = one == value
        self.on("change", self._changed, js_handler="(event) => emit(event.target.value)")

    async def _changed(self, event: GenericEventArguments) -> None:
        chosen = event.args
        if isinstance(chosen, str) and chosen in self._options and chosen != self.value:
            self.value = chosen
            await self._on_change(chosen)
