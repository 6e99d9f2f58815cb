"""A filter editor: rows of attribute, operator and value, of which all or any must match."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final, cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import set_prop
from dashboard.components.basics.esm import SHARED
from dashboard.components.conditions.editor import fields_of, way_to
from engine import LABELS, VALUELESS, EventType, Json, Operator, Profile

_LIST: Final = {Operator.ONE_OF, Operator.NONE_OF}
_TOO_LARGE: Final = 2**63
_ORDER: Final = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}


class FilterRows(Element, component="filter_rows.js", esm=SHARED):
    def __init__(
        self,
        value: Mapping[str, Json],
        *,
        known: EventType | None,
        on_change: Callable[[dict[str, Json]], None],
        on_leave: Callable[[], None] = lambda: None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.value: Mapping[str, Json] = value
        self._on_change = on_change
        self._kept: dict[str, Json] = {_text(row["value"]): row["value"] for row in value["rows"]}
        """What stood there by its text, so that a row that is not touched is stored as it was."""
        self._types: dict[str, str] = {}
        self.props["initial"] = dict(value)
        self.props["operators"] = [
            {"value": operator.value, "label": LABELS[operator], "kind": _kind(operator)} for operator in Operator
        ]
        self.props["disabled"] = read_only
        self.show_problems({}, tries=0)
        self.follow(known)
        self.on("change", self._changed)
        self.on("leave", on_leave, [])

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        """Offers another event type's fields from now on, including those `seen` in its traffic."""
        self._types = {name: field.type for name, field in known.fields.items()} if known else {}
        self._fields = fields_of(known, seen)
        self.props["fields"] = self._fields

    def rename(self, name: str, to: str) -> None:
        """Replaces an attribute."""
        to = way_to(to, self._fields, "attribute")
        rows = [{**row, "field": to} if row["field"] == name else row for row in self.value["rows"]]
        if rows != self.value["rows"]:
            self._take({"match": self.value["match"], "rows": rows})
            self.run_method("set", self.value)

    def show_problems(self, problems: Mapping[str, str], *, tries: int) -> None:
        """Problems of fields that have lost focus; of every row after `tries` to save has increased."""
        errors = {"problems": dict(problems), "tries": tries}
        set_prop(self, "errors", errors)

    def _changed(self, event: GenericEventArguments) -> None:
        filters = cast("dict[str, Json]", event.args)
        rows = [{**row, "value": self._typed(row["field"], row["value"])} for row in filters["rows"]]
        self._take({"match": filters["match"], "rows": rows})

    def _take(self, value: dict[str, Json]) -> None:
        self.value = value
        self._on_change(value)

    def _typed(self, field: str, value: Json) -> Json:
        """Converts text to the field's type, if it can be read as one; stored values keep their type.

        For a field that the catalogue lacks, text that reads as a number, true or false is taken as one.
        """
        if isinstance(value, list):
            return [self._typed(field, one) for one in cast("list[Json]", value)]
        if not isinstance(value, str):
            return value
        kept = self._kept.get(value, value)
        if isinstance(kept, bool | int | float):
            return kept
        kind = self._types.get(field)
        if kind in {"boolean", None} and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return _number(value) if kind in {"integer", "number", None} else value


def _kind(operator: Operator) -> str:
    if operator in VALUELESS:
        return "none"
    if operator in _LIST:
        return "list"
    return "order" if operator in _ORDER else "one"


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> int | float | str:
    """The number, only if formatting it gives the same text: `007` and `1e3` stay text, as do numbers that JSON cannot
    represent exactly."""
    for read in (int, float):
        try:
            number = read(text)
        except ValueError:
            continue
        if str(number) == text and isfinite(number) and abs(number) < _TOO_LARGE:
            return number
    return text
