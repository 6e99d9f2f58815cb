"""A JSON object editor with line numbers, and the line and column of an error."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from engine import InvalidJson, Json, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonProblem:
    """`line` and `column` count from 1; 0 if the text is JSON."""

    message: str
    line: int = 0
    column: int = 0


class JsonEditor(Element, component="json_editor.js", esm=SHARED):
    """`value` is the object, or None while the text is invalid; `problem` says why."""

    def __init__(
        self,
        value: Mapping[str, Json],
        *,
        label: str,
        on_change: Callable[[], None],
        on_run: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._on_change = on_change
        self.text = pretty(value)
        self.value: dict[str, Json] | None = dict(value)
        self.problem: JsonProblem | None = None
        self.props["initial"] = self.text
        self.props["label"] = label
        self.props["describedby"] = f"th-{self.id}-help"
        self.on("change", self._changed)
        self.on("run", on_run, [])

    def write(self, value: Mapping[str, Json]) -> None:
        """Replaces the object."""
        self._read(pretty(value))
        self.run_method("set", self.text)
        self._on_change()

    def empty(self) -> None:
        """Empties the editor for pasting: no object yet, and no error either."""
        self.text, self.value, self.problem = "", None, None
        self.run_method("set", "")
        self._on_change()

    def format(self) -> None:
        """Reformats the text, if it is valid."""
        if self.value is not None:
            self.write(self.value)

    def focus(self) -> None:
        self.run_method("focus")

    def _changed(self, event: GenericEventArguments) -> None:
        self._read(str(event.args))
        problem = self.problem
        self.run_method("told", problem and {"message": problem.message, "line": problem.line})
        self._on_change()

    def _read(self, text: str) -> None:
        self.text = text
        try:
            self.value, self.problem = read_object(text), None
        except _NotAnObject as error:
            self.value, self.problem = None, error.problem


class _NotAnObject(Exception):
    def __init__(self, problem: JsonProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_object(text: str) -> dict[str, Json]:
    """Reads what the API would accept. Raises an error with the line and column, or the place in the object."""
    try:
        value = read_json(text.encode(errors="surrogatepass"))
    except InvalidJson as error:
        message = f"{error.place}: {error.message}" if error.place else error.message
        raise _NotAnObject(JsonProblem(message=message, line=error.line, column=error.column)) from None
    if not isinstance(value, dict):
        raise _NotAnObject(JsonProblem(message="An event's data is an object: write it in { and }."))
    return cast("dict[str, Json]", value)


def pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
