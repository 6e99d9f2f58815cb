"""Headers of an action to write: rows of name and value."""

from collections.abc import Callable, Mapping
from typing import cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

PLACE = "actions[0].headers"


class HeaderRows(Element, component="hook_form_headers.js", esm={"th-parts": "parts"}):
    """Rows without a name and a value do not count; of rows with the same name, the first does."""

    def __init__(
        self,
        value: Mapping[str, str],
        *,
        on_change: Callable[[dict[str, str]], None],
        on_leave: Callable[[], None] = lambda: None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self._rows = list(value.items())
        self._on_change = on_change
        self.props["initial"] = [list(row) for row in self._rows]
        self.props["disabled"] = read_only
        self.show_problems({}, tries=0)
        self.on("change", self._changed)
        self.on("leave", on_leave, [])

    def own_problems(self) -> dict[str, str]:
        """What a mapping cannot say: a name that stands twice."""
        names = [name.strip().lower() for name, _ in self._rows]
        return {
            f"{PLACE}.{name.strip()}": "This header stands twice; keep one of them."
            for index, (name, _) in enumerate(self._rows)
            if name.strip() and name.strip().lower() in names[:index]
        }

    def show_problems(self, problems: Mapping[str, str], *, tries: int) -> None:
        rows: dict[str, str] = {}
        for place, message in problems.items():
            if place.startswith(f"{PLACE}."):
                name = place.removeprefix(f"{PLACE}.")
                matching = [i for i, (own, _) in enumerate(self._rows) if own.strip()[:100] == name]
                rows |= {str(index): message for index in matching[-1:]}
        errors = {"rows": rows, "tries": tries}
        if self.props.get("errors") != errors:
            self.props["errors"] = errors

    def places(self) -> list[str]:
        """Where problems are shown now, for the focus to go to."""
        return [f"header{index}" for index in self.props["errors"]["rows"]]

    def _changed(self, event: GenericEventArguments) -> None:
        self._rows = [(str(name), str(value)) for name, value in cast("list[list[object]]", event.args)]
        headers: dict[str, str] = {}
        for name, value in self._rows:
            if name.strip() or value.strip():
                headers.setdefault(name.strip(), value.strip())
        self._on_change(headers)
