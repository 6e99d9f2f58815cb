"""When a failed call is retried: a named schedule, or custom pauses in a field below."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.retries.pauses import (
    PRESETS,
    UnreadablePauseError,
    read_pauses,
    retries_in_words,
    uncapitalised,
    write_pauses,
)
from engine import LABELS, Json, LaneSettings, Preset

LANE: Final = "lane"
OWN: Final = "own"


class RetriesChoice:
    """`value` is in the API's format. With `lane`, None is a choice too: the lane's default.

    `name` is the engine's name of the pauses field, the only one that can have errors.
    """

    def __init__(
        self,
        name: str,
        value: Json,
        *,
        on_change: Callable[[], None],
        on_leave: Callable[[], None] = lambda: None,
        lane: LaneSettings | None = None,
        read_only: bool = False,
    ) -> None:
        self._lane, self._on_change = lane, on_change
        with ui.element("div").classes("th-retries"):
            self.field = FormField(f"{name}-choice", "Retries")
            with self.field.inside:
                self._choice = Combobox(
                    _options(lane),
                    value=_choice_of(value),
                    label="Retries",
                    on_change=self._choose,
                    input_id=self.field.control_id,
                    read_only=read_only,
                )
            self._own = FormField(name, "Own pauses", hint="Before each further attempt. Plain numbers are seconds.")
            self._box = text_input(self._own, _text_of(value), placeholder="5 s, 1 min, 2 h", read_only=read_only)
            self._box.props("spellcheck=false")
            self._box.on_value_change(self._on_edit)
            self._box.on("blur", on_leave, [])
        self._update()

    @property
    def value(self) -> Json:
        """Leaves out pauses that cannot be read; `problem` says why."""
        if self._choice.value == LANE:
            return None
        if self._choice.value != OWN:
            return self._choice.value
        try:
            return read_pauses(self._box.value or "")
        except UnreadablePauseError:
            return []

    @property
    def problem(self) -> str | None:
        if self._choice.value == OWN:
            try:
                read_pauses(self._box.value or "")
            except UnreadablePauseError as error:
                return str(error)
        return None

    def set(self, value: Json) -> None:
        self._choice.set(_choice_of(value))
        self._box.set_value(_text_of(value))
        self._update()

    def show(self, problem: str | None) -> None:
        self._own.show(problem)

    def focus(self) -> None:
        """Focuses the pauses, the only field that can have errors."""
        self._box.run_method("focus")

    def follow(self, lane: LaneSettings) -> None:
        """Switches to another lane, or to new settings of the same one."""
        if lane != self._lane:
            self._lane = lane
            self._choice.offer(_options(lane))

    def _choose(self, chosen: str) -> None:
        if chosen == OWN and not self._box.value:
            self._box.set_value(self._pauses_before)
        self._update()
        self._on_change()

    def _on_edit(self) -> None:
        if self._choice.value == OWN:
            self._on_change()

    def _update(self) -> None:
        """Custom pauses start from those of the previous choice."""
        chosen = self._choice.value
        self._own.visible = chosen == OWN
        if chosen != OWN:
            self._pauses_before = _pauses_of(self._lane.retries if chosen == LANE and self._lane else Preset(chosen))


def _options(lane: LaneSettings | None) -> list[Option]:
    as_lane = [Option(value=LANE, label=f"As its lane ({_describe(lane)})")] if lane else []
    presets = [
        Option(value=str(one), label=LABELS[one], detail=f"Again after {pauses}" if pauses else "")
        for one, pauses in PRESETS.items()
    ]
    own = Option(value=OWN, label="Own pauses", detail="Written below")
    return [*as_lane, *presets, own]


def _describe(lane: LaneSettings) -> str:
    return uncapitalised(retries_in_words(lane.retries))


def _choice_of(value: Json) -> str:
    if value is None:
        return LANE
    if isinstance(value, str):
        return str(value)
    return OWN if value else str(Preset.NONE)


def _text_of(value: Json) -> str:
    return "" if value is None or isinstance(value, str) else write_pauses(value)


def _pauses_of(retries: Preset | tuple[float, ...]) -> str:
    return PRESETS[retries] if isinstance(retries, Preset) else write_pauses(retries)
