"""A header editor: rows of name, value and a secret flag; and presets that fill one in."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.clients import set_prop
from dashboard.components.basics.esm import SHARED
from dashboard.components.hook_form.header_presets import PRESETS, NotEnough, header_of
from engine import USUALLY_SECRET


class Row(NamedTuple):
    name: str
    value: str
    secret: bool


class HeaderRows(Element, component="hook_form_headers.js", esm=SHARED):
    """`place` is the engine's name of the field; `on_change` receives the headers and the names of secret ones.

    Rows without a name and a value are ignored; of rows with the same name, the first wins.
    """

    def __init__(
        self,
        place: str,
        value: Mapping[str, str],
        secret: Sequence[str],
        *,
        on_change: Callable[[dict[str, str], list[str]], None],
        on_leave: Callable[[], None] = lambda: None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self._place, self._rows = place, _rows_of(value, secret)
        self._on_change = on_change
        self.props["initial"] = [list(row) for row in self._rows]
        self.props["usual"] = list(USUALLY_SECRET)
        self.props["presets"] = [
            {"kind": kind, "label": preset.label, "asks": [list(ask) for ask in preset.asks]}
            for kind, preset in PRESETS.items()
        ]
        self.props["disabled"] = read_only
        self.show_problems({}, tries=0)
        self.on("change", self._changed)
        self.on("preset", self._preset)
        self.on("leave", on_leave, [])

    def write(self, value: Mapping[str, str], secret: Sequence[str]) -> None:
        """Replaces all rows."""
        self._take(_rows_of(value, secret))
        self._set()

    def own_problems(self) -> dict[str, str]:
        """A problem that a mapping cannot express: a duplicate name."""
        names = [row.name.strip().lower() for row in self._rows]
        return {
            f"{self._place}.{name.strip()}": "This header stands twice; keep one of them."
            for index, (name, *_) in enumerate(self._rows)
            if name.strip() and name.strip().lower() in names[:index]
        }

    def show_problems(self, problems: Mapping[str, str], *, tries: int) -> None:
        rows: dict[str, str] = {}
        for place, message in problems.items():
            if place.startswith(f"{self._place}."):
                name = place.removeprefix(f"{self._place}.")
                matching = [i for i, (own, *_) in enumerate(self._rows) if own.strip()[:100] == name]
                rows |= {str(index): message for index in matching[-1:]}
        errors = {"rows": rows, "tries": tries, "place": self._place}
        set_prop(self, "errors", errors)

    def places(self) -> list[str]:
        """Where problems are currently shown, to move the focus there."""
        rows = cast("dict[str, str]", self.props["errors"]["rows"])
        return [f"{self._place}[{index}]" for index in rows]

    def _changed(self, event: GenericEventArguments) -> None:
        self._take([Row(str(name), str(value), secret is True) for name, value, secret in event.args])

    def _preset(self, event: GenericEventArguments) -> None:
        """Replaces the header with the same name, or appends one."""
        try:
            name, value = header_of(str(event.args["kind"]), [str(value) for value in event.args["values"]])
        except NotEnough as error:
            self.run_method("refuse", str(error))
            return
        rows = [row for row in self._rows if row.name.strip() or row.value.strip()]
        names = [row.name.strip().lower() for row in rows]
        at = names.index(name.lower()) if name.lower() in names else len(rows)
        self._take([*rows[:at], Row(name, value, secret=True), *rows[at + 1 :]])
        self._set()

    def _set(self) -> None:
        self.run_method("set", [list(row) for row in self._rows])

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows = list(rows)
        headers: dict[str, str] = {}
        secret: list[str] = []
        for row in self._rows:
            name, value = row.name.strip(), row.value.strip()
            if (name or value) and name not in headers:
                headers[name] = value
                secret += [name] if row.secret else []
        self._on_change(headers, secret)


def _rows_of(value: Mapping[str, str], secret: Sequence[str]) -> list[Row]:
    marked = {name.lower() for name in secret}
    return [Row(name, text, name.lower() in marked) for name, text in value.items()]
