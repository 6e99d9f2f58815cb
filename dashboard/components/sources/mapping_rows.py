"""Rows of a mapping: an expression with what it gives, a field with its expression, and a name with its event type."""

from collections.abc import Callable
from typing import Final

from nicegui.element import Element

from dashboard.components.basics.buttons import icon_button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.text import Text
from dashboard.components.conditions.editor import ConditionEditor
from engine import Catalogue, ConditionCheck, Json, Profile

LONGEST_SHOWN: Final = 200
EXAMPLES: Final = ("call.duration_ms / 1000", "lower(sentiment)", 'coalesce(lead.id, data["lead_id"])')
CONTEXT: Final = {
    "request.headers": "the headers of the request, by lower-case name",
    "request.query": "what is after the ? of the address",
    "request.body": "the whole body, also within a list",
    "now": "when it came",
}

Check = Callable[[str], ConditionCheck]


class Expression(Element):
    """An expression and, below it, what it gives."""

    def __init__(self, name: str, label: str, value: str, hint: str, check: Check, changed: Callable[[], None]) -> None:
        super().__init__("div")
        self.classes("th-mapping-expression")
        with self:
            self._field = FormField(name, label, hint=hint)
            with self._field.inside:
                self.editor = _editor(value, check, changed, self._field.control_id, self._field.help_id)
            self._gives = Text("p", "", "th-mapping-gives")

    @property
    def value(self) -> str:
        return self.editor.value.strip()

    def write(self, text: str) -> None:
        self.editor.write(text)

    def gives(self, text: str) -> None:
        self._gives.text = text
        self._gives.visible = bool(text)

    def show(self, problem: str | None) -> None:
        self._field.show(problem)


class FieldRow(Element):
    """A field of the event: its name, its expression, and what that gives."""

    def __init__(
        self, name: str, value: str, check: Check, changed: Callable[[], None], remove: Callable[["FieldRow"], None]
    ) -> None:
        super().__init__("div")
        self.classes("th-mapping-row").props.update({"role": "group", "aria-label": name or "New field"})
        with self:
            self._field = FormField("field", "Field")
            self._name = text_input(self._field, name, placeholder="call_duration")
            self._name.on_value_change(changed)
            self.expression = Expression("from", "From", value, "", check, changed)
            icon_button("close", f"Remove {name or 'the field'}", lambda: remove(self), "th-close")

    @property
    def name(self) -> str:
        return str(self._name.value or "").strip()

    def focus(self) -> None:
        self._name.run_method("focus")

    def show(self, problem: str | None) -> None:
        self.expression.show(problem)


class TypeRow(Element):
    """A sender's name of an event, and the event type that it stands for."""

    def __init__(
        self,
        theirs: str,
        ours: str,
        catalogue: Catalogue,
        changed: Callable[[], None],
        remove: Callable[["TypeRow"], None],
    ) -> None:
        super().__init__("div")
        self.classes("th-mapping-row").props.update({"role": "group", "aria-label": theirs or "New name"})
        self.ours, self._changed = ours, changed
        with self:
            self._field = FormField("theirs", "Its name")
            self._theirs = text_input(self._field, theirs, placeholder="call_finished")
            self._theirs.on_value_change(changed)
            type = FormField("ours", "is the event", caption="span")
            with type.inside:
                options = [Option(value=one.type, label=one.label, note=one.type) for one in catalogue.types]
                Combobox(options, value=ours, label="Event type", on_change=self._choose, search=True)
            icon_button("close", f"Remove {theirs or 'the name'}", lambda: remove(self), "th-close")

    @property
    def theirs(self) -> str:
        return str(self._theirs.value or "").strip()

    def show(self, problem: str | None) -> None:
        self._field.show(problem)

    def _choose(self, ours: str) -> None:
        self.ours = ours
        self._changed()


def shown(value: Json) -> str:
    """A value in one line, cut."""
    text = " ".join(pretty(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def follow(editors: list[ConditionEditor], seen: Profile) -> None:
    """Completes the fields of another body from now on."""
    for editor in editors:
        editor.follow(None, seen)


def _editor(value: str, check: Check, changed: Callable[[], None], input_id: str, help_id: str) -> ConditionEditor:
    return ConditionEditor(
        value,
        known=None,
        check=check,
        on_change=lambda _: changed(),
        input_id=input_id,
        described_by=help_id,
        context=CONTEXT,
        examples=EXAMPLES,
        placeholder="",
    )
