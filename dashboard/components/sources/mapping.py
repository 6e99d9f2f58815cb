"""A mapping edited beside a body: what it gives is shown while it is written."""

from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.components.sources.mapping_rows import Expression, FieldRow, TypeRow, follow, shown
from engine import Engine, Json, SourceMapping, Trial, profile_of, write_mapping

EMPTY: Final = SourceMapping(type="")
MOST_UNMAPPED: Final = 40
TYPE: Final = ("type", "Type", 'Where it says what happened, such as event; or one type, such as "call.ended".')
OTHERS: Final = (
    ("id", "Id", "What makes it the same when it comes again. Empty: its bytes."),
    ("occurred_at", "Time", "When it happened. Empty: when it came."),
    ("each", "List", "Only where one request brings several events: the list that they are in."),
)


class MappingEditor(Element):
    """`on_change` is called after each change; `show` then shows what the mapping gives."""

    def __init__(self, engine: Engine, mapping: SourceMapping, on_change: Callable[[], None]) -> None:
        super().__init__("div")
        self._engine, self._on_change = engine, on_change
        self._fields: list[FieldRow] = []
        self._types: list[TypeRow] = []
        self._parts: dict[str, Expression] = {}
        self._writing, self._untranslated = False, ""
        with self, section_card("Event", "Expressions as in conditions; they read the body by its own names."):
            self._result = Text("p", "", "th-mapping-result")
            self._result.props["role"] = "status"
            self._add_part(*TYPE)
            self._type_list = ui.element("div").classes("th-mapping-rows")
            self._translate = plain_button("", self._add_type, "is-small")
            self._field_list = ui.element("div").classes("th-mapping-rows")
            plain_button("Add a field", lambda: self._add_field("", "").focus(), "is-small")
            self._unmapped_head = Text("h3", "", "th-label")
            self._unmapped = ui.element("div").classes("th-mapping-unmapped")
            for part in OTHERS:
                self._add_part(*part)
        self._fill(mapping)

    @property
    def raw(self) -> dict[str, Json]:
        """In the API's format."""
        return {
            **{name: part.value for name, part in self._parts.items()},
            "types": {row.theirs: row.ours for row in self._types if row.theirs or row.ours},
            "fields": {row.name: row.expression.value for row in self._fields if row.name or row.expression.value},
        }

    def write(self, mapping: SourceMapping) -> None:
        """Replaces all of it."""
        self._fill(mapping)
        self._on_change()

    def show(self, trial: Trial) -> None:
        self._result.text = _in_words(trial, self._engine.catalogue.label)
        self._result.classes(add="is-good" if trial.type else "", remove="" if trial.type else "is-good")
        self._parts["type"].gives(f"= {trial.theirs}" if trial.theirs else "")
        self._parts["id"].gives(f"= {trial.id}" if trial.id else "")
        self._parts["occurred_at"].gives(f"= {trial.occurred_at:%Y-%m-%d %H:%M:%S} UTC" if trial.occurred_at else "")
        given = {one.name: one for one in trial.fields}
        for row in self._fields:
            one = given.get(row.name)
            row.expression.gives(f"= {shown(one.value)}" if one and one.value is not None else "")
            row.show(one.problem if one and row.expression.value else None)
        self._show_translation(trial)
        self._show_unmapped(trial)
        seen = profile_of("", [trial.document])
        follow([one.editor for one in (*self._parts.values(), *(row.expression for row in self._fields))], seen)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """By place, as the engine names them."""
        for name, part in self._parts.items():
            part.show(problems.get(f"mapping.{name}"))
        for row in self._fields:
            row.show(problems.get(f"mapping.fields.{row.name}"))
        for row in self._types:
            row.show(problems.get(f"mapping.types.{row.theirs}"))

    def _fill(self, mapping: SourceMapping) -> None:
        self._writing = True
        raw = write_mapping(mapping)
        for name, part in self._parts.items():
            part.write(raw[name])
        for row in (*self._types, *self._fields):
            row.delete()
        self._types, self._fields = [], []
        for theirs, ours in mapping.types.items():
            self._put_type(theirs, ours)
        for name, text in mapping.fields.items():
            self._put_field(name, text)
        self._writing = False

    def _add_part(self, name: str, label: str, hint: str) -> None:
        self._parts[name] = Expression(name, label, "", hint, self._engine.mappings.check, self._edited)

    def _show_translation(self, trial: Trial) -> None:
        unknown = bool(trial.theirs) and trial.type is None
        self._translate.text = f"Translate “{(trial.theirs or '')[:40]}”" if unknown else "Translate a name"
        self._untranslated = trial.theirs or "" if unknown else ""

    def _show_unmapped(self, trial: Trial) -> None:
        self._unmapped_head.text = f"{len(trial.unmapped)} of {trial.leaves} fields of the body are not mapped"
        self._unmapped_head.visible = bool(trial.unmapped)
        self._unmapped.clear()
        with self._unmapped:
            for path in trial.unmapped[:MOST_UNMAPPED]:
                plain_button(path, lambda path=path: self._map(path), "is-quiet is-small", name=f"Map {path}")
            if len(trial.unmapped) > MOST_UNMAPPED:
                Text("span", f"and {len(trial.unmapped) - MOST_UNMAPPED} more", "th-muted")

    def _map(self, path: str) -> None:
        self._add_field(path.rpartition(".")[2] if path.isascii() and "[" not in path else "", path).focus()

    def _add_field(self, name: str, text: str) -> FieldRow:
        row = self._put_field(name, text)
        self._edited()
        return row

    def _put_field(self, name: str, text: str) -> FieldRow:
        with self._field_list:
            row = FieldRow(name, text, self._engine.mappings.check, self._edited, self._remove_field)
        self._fields.append(row)
        return row

    def _add_type(self) -> None:
        near = self._engine.catalogue.nearest(self._untranslated.replace("_", ".")) if self._untranslated else ()
        self._put_type(self._untranslated, next(iter(near), ""))
        self._edited()

    def _put_type(self, theirs: str, ours: str) -> None:
        with self._type_list:
            self._types.append(TypeRow(theirs, ours, self._engine.catalogue, self._edited, self._remove_type))

    def _remove_field(self, row: FieldRow) -> None:
        self._fields.remove(row)
        row.delete()
        self._edited()

    def _remove_type(self, row: TypeRow) -> None:
        self._types.remove(row)
        row.delete()
        self._edited()

    def _edited(self) -> None:
        if not self._writing:
            self._on_change()


def _in_words(trial: Trial, label: Callable[[str], str]) -> str:
    if trial.type is None:
        return f"This body becomes no event: {trial.ignored[0]}." if trial.ignored else "This body becomes no event."
    more = f", the first of {trial.events} events" if trial.events > 1 else ""
    left_out = f"; {len(trial.ignored)} entries become none" if trial.ignored else ""
    return f"This body becomes {label(trial.type)}{more}{left_out}."
