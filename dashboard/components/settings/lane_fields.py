"""A form for one lane's settings: concurrency, timeout, retries. Overridden settings show their default."""

from collections.abc import Callable, Mapping

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.retries.choice import RetriesChoice
from dashboard.components.retries.pauses import read_seconds, retries_in_words, uncapitalised, write_seconds
from engine import LABELS, HookType, Json, LaneSettings, Preset


class LaneFields(Element):
    """`changed` is called while typing."""

    def __init__(self, type: HookType, settings: LaneSettings, *, changed: Callable[[], None], read_only: bool) -> None:
        super().__init__("div")
        self.type, self._stored = type, _raw(settings)
        self._changed, self._read_only = changed, read_only
        self.classes("th-lane").mark(f"lane-{type}")
        with self:
            name = Text("h3", LABELS[type], "th-lane-name")
            self._calls_field = FormField("concurrency", "Calls at once")
            self._calls = self._box(self._calls_field, str(settings.concurrency), "numeric")
            self._timeout_field = FormField("timeout", "Timeout")
            self._timeout = self._box(self._timeout_field, write_seconds(settings.timeout), "decimal")
            self._retries = RetriesChoice(
                "retries", self._stored["retries"], on_change=self._on_edit, read_only=read_only
            )
            with ui.element("div").classes("th-lane-end"):
                self._state = Text("span", "")
                self._back = plain_button("Back to usual", self._restore_defaults, "is-small is-quiet")
        name.props["id"] = f"th-{name.id}"
        self.props.update({"role": "group", "aria-labelledby": name.props["id"]})
        self._on_edit()

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format. Empty fields use the default; invalid numbers become 0, which the engine rejects."""
        calls, timeout = (self._calls.value or "").strip(), (self._timeout.value or "").strip()
        return {
            "concurrency": _count(calls) if calls else _USUAL["concurrency"],
            "timeout": read_seconds(timeout) if timeout else _USUAL["timeout"],
            "retries": self._retries.value,
        }

    @property
    def own_problems(self) -> dict[str, str]:
        """Problems that the engine cannot see: unreadable pauses."""
        return {"retries": self._retries.problem} if self._retries.problem else {}

    @property
    def dirty(self) -> bool:
        return bool(self.own_problems) or self.raw != self._stored

    def take(self, settings: LaneSettings) -> None:
        """Replaces the fields with the stored settings."""
        self._stored = _raw(settings)
        self._fill(self._stored)

    def follow(self, settings: LaneSettings) -> None:
        """Shows changes by other users, unless this lane is being edited."""
        if _raw(settings) != self._stored and not self.dirty:
            self.take(settings)

    def show(self, problems: Mapping[str, str]) -> None:
        self._calls_field.show(problems.get("concurrency"))
        self._timeout_field.show(problems.get("timeout"))
        self._retries.show(problems.get("retries"))

    def focus(self, problems: Mapping[str, str]) -> None:
        """Focuses the first problem."""
        boxes = {"concurrency": self._calls, "timeout": self._timeout}
        box = next((box for name, box in boxes.items() if name in problems), None)
        if box:
            box.run_method("focus")
        else:
            self._retries.focus()

    def _box(self, field: FormField, value: str, keys: str) -> ui.input:
        box = text_input(field, value, read_only=self._read_only)
        box.props(f"inputmode={keys}").on_value_change(self._on_edit)
        return box

    def _fill(self, raw: Mapping[str, Json]) -> None:
        self._calls.set_value(str(raw["concurrency"]))
        self._timeout.set_value(write_seconds(raw["timeout"]))
        self._retries.set(raw["retries"])
        self._on_edit()

    def _restore_defaults(self) -> None:
        """Fills in the fields; takes effect once saved."""
        self._fill(_USUAL)
        self._calls.run_method("focus")

    def _on_edit(self) -> None:
        raw = self.raw
        usual = {name: raw[name] == value for name, value in _USUAL.items()}
        as_usual = all(usual.values()) and not self.own_problems
        self.show({})
        self._calls_field.hint(None if usual["concurrency"] else f"Usually {_USUAL['concurrency']}")
        self._timeout_field.hint(None if usual["timeout"] else f"Usually {write_seconds(_USUAL['timeout'])}")
        words = uncapitalised(retries_in_words(_USUAL["retries"]))
        self._retries.field.hint(None if usual["retries"] and not self.own_problems else f"Usually {words}")
        self._show_state("Not saved" if self.dirty else "As usual" if as_usual else "Changed")
        self._back.visible = not as_usual and not self._read_only
        self._changed()

    def _show_state(self, state: str) -> None:
        self._state.text = state
        self._state.classes(replace=_LOOKS[state])


_LOOKS: Mapping[str, str] = {
    "As usual": "th-lane-usual",
    "Changed": "th-chip is-running",
    "Not saved": "th-chip is-retrying",
}


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _raw(settings: LaneSettings) -> dict[str, Json]:
    retries = settings.retries
    return {
        "concurrency": settings.concurrency,
        "timeout": settings.timeout,
        "retries": str(retries) if isinstance(retries, Preset) else list(retries),
    }


_USUAL = _raw(LaneSettings())
