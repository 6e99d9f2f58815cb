"""A form for an event type of the team's own: name, label, group, meaning, fields and a sample."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import button, icon_button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.json_editor import JsonEditor
from dashboard.components.basics.text import Text
from engine import Json, OwnType

KINDS: Final = {
    "string": "Text",
    "number": "Number",
    "integer": "Whole number",
    "boolean": "Yes or no",
    "array": "List",
}
TEXTS: Final = (
    ("type", "Name", "As senders write it, such as invoice.paid. It stays."),
    ("label", "Label", "As people read it, such as Invoice Paid."),
    ("group", "Group", "Where it is listed."),
    ("meaning", "Meaning", "When it is sent."),
)

Save = Callable[[Mapping[str, Json]], Awaitable[Mapping[str, str]]]
"""Takes the type in the API's format and returns problems by field; none if it was saved."""


class EventTypeForm(ui.dialog):
    """`known` is None for a new one."""

    def __init__(self, known: OwnType | None, save: Save) -> None:
        super().__init__()
        self._save, self._saving = save, False
        self._rows: list[_FieldRow] = []
        title = f"Edit {known.settings.label}" if known else "New event type"
        self.props["aria-label"] = title
        with self, ui.element("div").classes("th-confirm th-source-form"), ui.element("form") as form:
            form.on("submit.prevent", self._submit, [])
            Text("h2", title, "th-dialog-title")
            self._fields = {name: FormField(name, label, hint=hint) for name, label, hint in TEXTS}
            self._texts = {name: text_input(self._fields[name], text) for name, text in _texts_of(known).items()}
            self._texts["type"].props["readonly"] = known is not None
            self._fields["fields"] = FormField("fields", "Fields", caption="span")
            with self._fields["fields"].inside:
                self._list = ui.element("div").classes("th-mapping-rows")
                button("Add a field", lambda: self._add("", "string"), "is-small").props("type=button")
            hint = "The data of an event, as tests start with it. Fields that only it has are added."
            self._fields["sample"] = FormField("sample", "Sample", caption="span", hint=hint)
            with self._fields["sample"].inside:
                sample: Mapping[str, Json] = known.settings.sample if known else {}
                self._sample = JsonEditor(sample, label="Sample", on_change=lambda: None, on_run=self._submit)
            self._notice = Text("p", "", "th-error")
            self._notice.props["role"] = "alert"
            with ui.element("div").classes("th-buttons"):
                button("Cancel", self.close).props("type=button")
                button("Save" if known else "Add the type", lambda: None, "is-main").props("type=submit")
        self._meanings = {name: of.meaning for name, of in known.settings.fields.items()} if known else {}
        for name, of in known.settings.fields.items() if known else ():
            self._add(name, of.type)
        self.on("hide", self.delete, [])

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format; a sample that is no JSON object becomes null, which the engine refuses."""
        fields = {row.name: {"type": row.kind, "meaning": self._meanings.get(row.name, "")} for row in self._rows}
        texts = {name: (box.value or "").strip() for name, box in self._texts.items()}
        return {**texts, "fields": {name: of for name, of in fields.items() if name}, "sample": self._sample.value}

    def _add(self, name: str, kind: str) -> None:
        with self._list:
            self._rows.append(_FieldRow(name, kind, self._remove))

    def _remove(self, row: "_FieldRow") -> None:
        self._rows.remove(row)
        row.delete()

    async def _submit(self) -> None:
        if self._saving:
            return
        self._saving = True
        try:
            problems = await self._save(self.raw)
        finally:
            self._saving = False
        if not problems:
            self.close()
            return
        for name, field in self._fields.items():
            field.show(problems.get(name))
        self._notice.text = "; ".join(words for name, words in problems.items() if name not in self._fields)


class _FieldRow(Element):
    def __init__(self, name: str, kind: str, remove: Callable[["_FieldRow"], None]) -> None:
        super().__init__("div")
        self.classes("th-mapping-row").props.update({"role": "group", "aria-label": name or "New field"})
        self.kind = kind
        with self:
            self._name = text_input(FormField("field", "Field"), name, placeholder="amount")
            type = FormField("kind", "Type", caption="span")
            with type.inside:
                options = [Option(value=value, label=label) for value, label in KINDS.items()]
                Combobox(options, value=kind, label="Type of the field", on_change=self._choose)
            icon_button("close", f"Remove {name or 'the field'}", lambda: remove(self), "th-close").props("type=button")

    @property
    def name(self) -> str:
        return str(self._name.value or "").strip()

    def _choose(self, kind: str) -> None:
        self.kind = kind


def _texts_of(known: OwnType | None) -> dict[str, str]:
    if known is None:
        return {"type": "", "label": "", "group": "Own", "meaning": ""}
    settings = known.settings
    return {"type": known.type, "label": settings.label, "group": settings.group, "meaning": settings.meaning}
