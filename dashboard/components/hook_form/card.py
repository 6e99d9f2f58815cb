"""One of several actions, folded to a line, with buttons to move, copy and remove it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.components.basics.buttons import icon_button
from dashboard.components.basics.sentence import shortly
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.terms import terms_in_words
from engine import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    up: Callable[[], None]
    down: Callable[[], None]
    duplicate: Callable[[], None]
    remove: Callable[[], None]


class Card:
    """`inside` adds the fields; `on_turn` is called when it is folded or unfolded. Without commands it is read-only."""

    def __init__(
        self,
        index: int,
        action: Mapping[str, Json],
        *,
        count: int,
        open: bool,
        commands: Commands | None,
        on_turn: Callable[[bool], None],
    ) -> None:
        self._action, self._number = action, index + 1
        with ui.element("div").classes("th-action") as self._box:
            self._box.props.update(
                {"role": "group", "aria-label": f"Action {self._number}", "data-field": f"actions[{index}]"}
            )
            with ui.element("details") as fold:
                fold.props["open"] = open
                fold.on("toggle", lambda event: on_turn(_is_open(event)), js_handler="(e) => emit(e.target.open)")
                with ui.element("summary"):
                    Text("span", str(self._number), "th-action-number")
                    self._method = Text("span", "", "th-call-lead")
                    with ui.element("span").classes("th-action-line"):
                        self._where = Text("code", "")
                        self._terms = Text("small", "")
                    self._mark = Text("span", "needs a change", "th-action-mark")
                self.inside = ui.element("div").classes("th-action-inside")
            if commands:
                self._buttons(index, count, commands)
        self.mark(False)
        self.tell()

    def tell(self) -> None:
        """Updates the line."""
        self._method.text = self._action["method"]
        self._where.text = shortly(self._action["url"]) or "no address yet"
        self._terms.text = "; ".join(terms_in_words(self._action))

    def mark(self, wrong: bool) -> None:
        if self._mark.visible != wrong:
            self._mark.visible = wrong

    def _buttons(self, index: int, count: int, commands: Commands) -> None:
        with ui.element("div").classes("th-action-buttons"):
            self._button("arrow_upward", "Move up", commands.up, place=f"actions[{index}] up", off=index == 0)
            last = index == count - 1
            self._button("arrow_downward", "Move down", commands.down, place=f"actions[{index}] down", off=last)
            self._button("content_copy", "Duplicate", commands.duplicate)
            self._button("close", "Remove", commands.remove)

    def _button(self, icon: str, label: str, act: Callable[[], None], *, place: str = "", off: bool = False) -> None:
        with ui.element("span") as box:
            if place:
                box.props["data-field"] = place
            button = icon_button(icon, f"{label}: action {self._number}", act, "th-action-button")
        button.set_enabled(not off)
        button.props["title"] = label


def _is_open(event: GenericEventArguments) -> bool:
    return event.args is True
