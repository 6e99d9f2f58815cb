"""An editor for lead scoring rules: rows of a condition and its points, tested on an event while typing."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import button, icon_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from dashboard.components.conditions.editor import ConditionEditor
from engine import Engine, EventType, Json

PATH = "/leads/rules"


class LeadRulesEditor(Element):
    """`actor` is called before each change for the current actor."""

    def __init__(self, engine: Engine, actor: ActorNow, *, read_only: bool) -> None:
        super().__init__("section")
        self._engine, self._actor, self._read_only = engine, actor, read_only
        self._edited: Callable[[], None] = lambda: None
        self._version = engine.leads.rules.version
        self._saved = engine.leads.raw_rules()
        self._rows: list[_Row] = []
        self._known = _any_event(engine)
        self.classes("th-card th-rules th-panel")
        with self:
            self._unsaved = Unsaved()
            with ui.element("div").classes("th-rules-bounds"):
                self._start = self._number("start", "Every score begins at", self._saved["start"])
                self._threshold = self._number("threshold", "A lead qualifies from", self._saved["threshold"])
                Text(
                    "p", "It counts what is known from all events of a lead. A score stays within 0 and 100.", "th-hint"
                )
            self._list = ui.element("div").classes("th-rules-rows")
            if not read_only:
                self._footer()
        self._fill(self._saved["rows"])

    def on_edit(self, call: Callable[[], None]) -> None:
        self._edited = call

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format; invalid numbers stay text, which the engine rejects."""
        return {
            "start": _whole(self._start[1].value),
            "threshold": _whole(self._threshold[1].value),
            "rows": [row.raw for row in self._rows],
        }

    async def save(self) -> None:
        def show(problems: Mapping[str, str]) -> None:
            self._show(problems)
            self._notice.text = "Some rules need a change."

        saved = await act(
            self._actor,
            lambda actor: self._engine.leads.save_rules(self.raw, actor=actor, expected=self._version),
            within=self,
            back=PATH,
            problems=show,
        )
        if saved:
            self._version, self._saved = saved.version, self._engine.leads.raw_rules()
            self._on_edit()
            toast("The rules are saved. They hold from the next event on.", "good")

    def _number(self, name: str, label: str, value: Json) -> tuple[FormField, ui.input]:
        field = FormField(name, label)
        box = text_input(field, str(value), read_only=self._read_only)
        box.props("inputmode=numeric").on_value_change(self._on_edit)
        return field, box

    def _footer(self) -> None:
        with ui.element("div").classes("th-rules-foot"):
            button("Add a rule", self._add)
            self._notice = Text("p", "", "th-error")
            self._notice.props["role"] = "alert"
            button("Save", self.save, "is-main")

    def _fill(self, rows: list[dict[str, Json]]) -> None:
        with self._list:
            for row in rows:
                self._rows.append(self._row(row))

    def _row(self, raw: Mapping[str, Json]) -> "_Row":
        return _Row(
            raw,
            known=self._known,
            engine=self._engine,
            changed=self._on_edit,
            remove=self._remove,
            read_only=self._read_only,
        )

    def _add(self) -> None:
        with self._list:
            self._rows.append(self._row({"condition": "", "points": "", "label": ""}))
        self._rows[-1].focus()
        self._on_edit()

    def _remove(self, row: "_Row") -> None:
        self._rows.remove(row)
        row.delete()
        self._on_edit()

    def _on_edit(self) -> None:
        self._show({})
        if not self._read_only:
            self._unsaved.guard(self.raw != self._saved)
            self._notice.text = ""
        self._edited()

    def _show(self, problems: Mapping[str, str]) -> None:
        self._start[0].show(problems.get("start"))
        self._threshold[0].show(problems.get("threshold"))
        for index, row in enumerate(self._rows):
            row.show({name: problems.get(f"rows[{index}].{name}") for name in ("condition", "points", "label")})


class _Row(Element):
    def __init__(
        self,
        raw: Mapping[str, Json],
        *,
        known: EventType,
        engine: Engine,
        changed: Callable[[], None],
        remove: Callable[["_Row"], None],
        read_only: bool,
    ) -> None:
        super().__init__("div")
        self.classes("th-rule-row")
        self.props.update({"role": "group", "aria-label": raw["label"] or "New rule"})
        with self:
            self._label_field = FormField("label", "What for")
            self._label = text_input(self._label_field, raw["label"], placeholder="Positive call", read_only=read_only)
            self._label.on_value_change(changed)
            self._condition_field = FormField("condition", "Condition")
            with self._condition_field.inside:
                self._condition = ConditionEditor(
                    raw["condition"],
                    known=known,
                    check=engine.leads.check_condition,
                    on_change=lambda _: changed(),
                    input_id=self._condition_field.control_id,
                    described_by=self._condition_field.help_id,
                    read_only=read_only,
                )
            self._points_field = FormField("points", "Points")
            self._points = text_input(
                self._points_field, _signed(raw["points"]), placeholder="+10", read_only=read_only
            )
            self._points.on_value_change(changed)
            if not read_only:
                icon_button("close", "Remove the rule", lambda: remove(self), "th-close")

    @property
    def raw(self) -> dict[str, Json]:
        return {
            "condition": self._condition.value.strip(),
            "points": _whole(self._points.value),
            "label": str(self._label.value or "").strip(),
        }

    def focus(self) -> None:
        self._label.run_method("focus")

    def show(self, problems: Mapping[str, str | None]) -> None:
        self._label_field.show(problems["label"])
        self._condition_field.show(problems["condition"])
        self._points_field.show(problems["points"])


def _any_event(engine: Engine) -> EventType:
    """Every field that a catalogue event can have, for autocompletion."""
    fields = {name: field for known in engine.catalogue.types for name, field in known.fields.items()}
    return EventType(
        type="",
        label="",
        other_labels=(),
        group="",
        meaning="",
        fields=dict(sorted(fields.items())),
        sample={},
        aliases={},
    )


def _whole(text: Any) -> int | str:
    """The number, or the text itself if it is none."""
    stripped = str(text or "").strip().replace("−", "-")
    try:
        return int(stripped)
    except ValueError:
        return stripped


def _signed(points: Json) -> str:
    return f"{points:+d}" if isinstance(points, int) else str(points)
