"""An action's request body: the standard envelope, or a custom body with values of the event."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui

from dashboard.components.basics.choice import Choice
from dashboard.components.basics.field import FormField
from dashboard.components.conditions.editor import CONTEXT, ConditionEditor
from dashboard.components.hook_form.sections import Editing
from engine import ConditionCheck, EventType, Json, Profile

_KINDS: Final = {"envelope": "The whole event", "own": "A body of its own"}
_ENVELOPE: Final = "The event as it came, as JSON: type, timestamp and data."
_OWN: Final = (
    "{{ field }} stands for a value of the event, written as it has to be in JSON. Without a header content-type"
    " the body is JSON."
)
_FIRST_FIELDS: Final = 3


class BodyField:
    """`place` is the engine's name of the action. A custom body is kept while the envelope is selected."""

    def __init__(
        self,
        editing: Editing,
        place: str,
        action: dict[str, Json],
        *,
        steps: Mapping[str, str],
        on_change: Callable[[], None],
    ) -> None:
        self._editing, self._name, self._action, self._steps = editing, f"{place}.body", action, steps
        self._on_change = on_change
        self._own: str = action["body"] or ""
        self._field = FormField(self._name, "Body", caption="span")
        with self._field.inside:
            self._kind = Choice(
                _KINDS,
                value="envelope" if action["body"] is None else "own",
                label="Body",
                on_change=self._choose,
                described_by=self._field.help_id,
                read_only=editing.read_only,
            )
            self._box = ui.element("div")
        self._editor: ConditionEditor | None = None
        self._show()

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        if self._editor:
            self._editor.follow(known, seen)

    def check(self) -> None:
        if self._editor:
            self._editor.check()

    def write(self, body: str | None) -> None:
        """Replaces the body."""
        self._action["body"] = body
        self._own = body or self._own
        self._kind.set("envelope" if body is None else "own")
        self._show()

    def see_method(self, *, bodyless: bool) -> None:
        """A method without a body offers no choice, unless a custom body already exists."""
        self._field.visible = not bodyless or self._action["body"] is not None

    def _show(self) -> None:
        own = self._action["body"]
        self._field.hint(_ENVELOPE if own is None else _OWN)
        self._box.clear()
        self._editor = None
        if own is None:
            return
        with self._box:
            self._editor = ConditionEditor(
                own,
                known=self._editing.known,
                check=self._check,
                on_change=self._write,
                on_leave=lambda: self._editing.left(self._name),
                label="Body of its own",
                described_by=f"{self._field.control_id}-check",
                context={**CONTEXT, **self._steps},
                examples=(),
                placeholder='{"text": "{{ first_name }} called"}',
                holes=True,
                read_only=self._editing.read_only,
            )

    def _check(self, source: str) -> ConditionCheck:
        """A problem that prevents saving, or else a warning."""
        editing = self._editing
        if problem := editing.engine.hooks.check(editing.draft.raw).get(self._name):
            return ConditionCheck(error=problem)
        more = {"steps"} if self._steps else set[str]()
        return editing.engine.drafts.check_template(source, editing.draft.raw["trigger"], more=more)

    def _choose(self, kind: str) -> None:
        self._action["body"] = None if kind == "envelope" else self._own or self._start()
        self._show()
        self._on_change()

    def _write(self, text: str) -> None:
        self._action["body"] = self._own = text
        self._on_change()

    def _start(self) -> str:
        """A starting point for a custom body: the event's first few fields."""
        known = self._editing.known
        names = [name for name in (known.fields if known else ()) if "." not in name][:_FIRST_FIELDS] or ["event.type"]
        lines = [f"  {json.dumps(name.removeprefix('event.'))}: {{{{ {name} }}}}" for name in names]
        return "{\n" + ",\n".join(lines) + "\n}"
