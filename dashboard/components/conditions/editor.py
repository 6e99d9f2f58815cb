"""An editor for a condition or a text with expressions: autocompletes the trigger's fields, and checks while typing."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final, Literal

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from engine import ConditionCheck, EventType, Field, FieldProfile, Json, Profile, attribute, spelled_path

TEXTS: Final = r"""\"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?"""
EXAMPLES: Final = ("call_duration > 60", 'sentiment == "positive"', "lead_score >= 80")

CONTEXT: Final[Mapping[str, str]] = {
    "event.type": "the event's dotted name",
    "event.id": "the event's id",
    "event.occurred_at": "when it happened",
    "event.role": "the role of whoever sent it",
    "now": "the time of the decision",
}

FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "exists": ("exists(field)", "Whether the field is there and not null."),
    "coalesce": ("coalesce(field, other, …)", "The first that is there and not null."),
    "lower": ("lower(text)", "The text in small letters."),
    "upper": ("upper(text)", "The text in capital letters."),
    "trim": ("trim(text)", "The text without blanks at its ends."),
    "len": ("len(value)", "How many characters a text has, or entries a list or an object."),
    "contains": ("contains(text_or_list, part)", "Whether the text contains that text, or the list that entry."),
    "starts_with": ("starts_with(text, start)", "Whether the text starts so."),
    "ends_with": ("ends_with(text, end)", "Whether the text ends so."),
    "abs": ("abs(number)", "The number without its sign."),
    "round": ("round(number, digits=0)", "The number rounded; halves go to the even neighbour."),
    "min": ("min(number, number, …)", "The smallest of the numbers."),
    "max": ("max(number, number, …)", "The largest of the numbers."),
    "number": ("number(value)", "The number that a text reads as."),
    "text": ("text(value)", "The value as text."),
    "seconds_between": (
        "seconds_between(start, end)",
        "Seconds from one time to another; below 0 if the second is earlier.",
    ),
    "days_between": (
        "days_between(start, end)",
        "Days from one time or date to another, with fractions; below 0 if the second is earlier.",
    ),
    "time": (
        "time(value, zone)",
        "The time that a text, or a number since 1970, stands for; a zone is given for a text that has none.",
    ),
    "hour": ("hour(time, zone)", "The hour of the day, 0 to 23, that clocks in the zone show."),
    "weekday": (
        "weekday(time, zone)",
        "The day of the week in the zone: mon, tue, wed, thu, fri, sat or sun.",
    ),
    "local_time": ("local_time(time, zone)", "The time as clocks in the zone show it."),
}
"""As the engine has them (a test compares): name → signature and meaning."""


class ConditionEditor(Element, component="condition_editor.js", esm=SHARED):
    """`check` asks the engine to check a text; `checked` is its last answer.

    `context` maps names known besides the trigger's fields to their descriptions. With `holes` the text is free, with
    expressions inside `{{ }}`. `label` names the editor if no label refers to `input_id`.
    """

    def __init__(
        self,
        value: str,
        *,
        known: EventType | None,
        check: Callable[[str], ConditionCheck],
        on_change: Callable[[str], None],
        on_leave: Callable[[], None] = lambda: None,
        input_id: str | None = None,
        described_by: str | None = None,
        label: str | None = None,
        context: Mapping[str, str] = CONTEXT,
        examples: Sequence[str] = EXAMPLES,
        placeholder: str = "Every event passes. Type a field to narrow it down.",
        holes: bool = False,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.value = value
        self.checked = ConditionCheck()
        self._check, self._on_change = check, on_change
        self.props["initial"] = value
        self.props["context"] = [{"name": name, "meaning": meaning} for name, meaning in context.items()]
        self.props["functions"] = [
            {"name": name, "signature": signature, "meaning": meaning}
            for name, (signature, meaning) in FUNCTIONS.items()
        ]
        self.props["examples"] = list(examples)
        self.props["placeholder"] = placeholder
        self.props["holes"] = holes
        self.props["inputId"] = input_id
        self.props["describedby"] = described_by
        self.props["label"] = label
        self.props["disabled"] = read_only
        self.follow(known)
        self.on("change", self._changed)
        self.on("check", self.check, [])
        self.on("leave", on_leave, [])

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        """Autocompletes another event type's fields from now on, including those `seen` in its traffic."""
        self._fields = fields_of(known, seen)
        self.props["fields"] = self._fields

    def rename(self, name: str, to: str) -> None:
        """Replaces a name, except inside string literals."""
        to = way_to(to, self._fields, "written")
        found = re.compile(rf"{TEXTS}|(?<![\w.]){re.escape(name)}(?!\w)")
        self.value = found.sub(lambda one: to if one[0] == name else one[0], self.value)
        self.run_method("set", self.value)
        self._on_change(self.value)
        self.check()

    def write(self, text: str) -> None:
        """Replaces the text without calling `on_change`."""
        self.value = text
        self.run_method("set", text)
        self.check()

    def check(self) -> None:
        self.checked = self._check(self.value)
        self.run_method(
            "checked",
            {
                "source": self.value,
                "error": self.checked.error,
                "column": self.checked.column,
                "warnings": list(self.checked.warnings),
            },
        )

    def _changed(self, event: GenericEventArguments) -> None:
        if isinstance(event.args, str):
            self.value = event.args
            self._on_change(event.args)


def fields_of(known: EventType | None, seen: Profile | None = None) -> list[dict[str, Json]]:
    """Fields with details for autocompletion: those of the catalogue, and those seen in traffic.

    `written` is how an expression refers to the field, `attribute` how a filter does.
    """
    fields = {name: _field(name, field) for name, field in known.fields.items()} if known else {}
    for path, came in seen.fields.items() if seen else ():
        fields[path] = _with_traffic(fields.get(path) or _unlisted(path, came), came)
    return [{**field, **_ways_to(name, fields)} for name, field in fields.items()]


def way_to(name: str, fields: Iterable[Mapping[str, Json]], way: Literal["written", "attribute"]) -> str:
    """How an expression or a filter refers to the field; its bare name if it is neither."""
    return next((str(field[way]) for field in fields if field["name"] == name), name)


def _ways_to(path: str, known: Container[str]) -> dict[str, Json]:
    return {"written": spelled_path(path, known), "attribute": attribute(path, known)}


def _unlisted(path: str, came: FieldProfile) -> dict[str, Json]:
    """A field that the catalogue lacks."""
    kind = next((kind for kind, _ in came.types if kind != "null"), "null")
    return {"name": path, "type": kind, "note": kind, "meaning": "", "one_of": []}


def _with_traffic(field: dict[str, Json], came: FieldProfile) -> dict[str, Json]:
    """How often it is present; and its values, if there are few or they repeat."""
    values = [
        value
        for value, count in came.values
        if (came.few or count > 1) and isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
    note = f"{field['note']} · {came.fill:.0%}" if field["note"] else f"{came.fill:.0%}"
    return {**field, "note": note, "one_of": list(dict.fromkeys([*values, *field["one_of"]]))}


def _field(name: str, field: Field) -> dict[str, Json]:
    return {
        "name": name,
        "type": field.type,
        "note": f"{_TYPES.get(field.type, field.type)}, {field.unit}" if field.unit else _TYPES.get(field.type, ""),
        "meaning": field.meaning,
        "one_of": list(field.one_of),
    }


_TYPES: Final = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "yes or no",
    "array": "list",
}
