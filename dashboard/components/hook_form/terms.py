"""When an action runs, what counts as success, and what its failure means. Folded while everything is default."""

from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui

from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.conditions.editor import CONTEXT, ConditionEditor
from dashboard.components.hook_form.sections import Editing
from engine import ConditionCheck, EventType, Json, Profile

_ANSWER: Final = {
    "status": "the status of the answer, such as 200",
    "json": "the answer's body, read as JSON",
    "text": "the answer's body as text",
    "headers": 'the answer\'s headers, in small letters: headers["retry-after"]',
}
_GOES_ON: Final = "It is tried once. What follows runs all the same, and may ask whether it succeeded."


class TermsFields:
    """`place` is the engine's name of the action; `steps` are the names of earlier actions' results."""

    def __init__(
        self,
        editing: Editing,
        place: str,
        action: dict[str, Json],
        *,
        steps: Mapping[str, str],
        on_change: Callable[[], None],
    ) -> None:
        self._editing, self._place, self._action, self._steps = editing, place, action, steps
        self._on_change = on_change
        with ui.element("details").classes("th-details th-terms") as fold:
            fold.props["open"] = bool(terms_in_words(action))
            with ui.element("summary"):
                Text("span", "When it runs, what is success")
                self._summary = Text("span", "", "th-terms-sum")
            with ui.element("div").classes("th-terms-inside"):
                self._when()
                self._success()
                self._add_continue_on_failure()
        self._update_summary()

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        self._condition.follow(known, seen)

    def check(self) -> None:
        self._condition.check()
        self._check.check()

    def show(self, problems: Mapping[str, str]) -> None:
        self._statuses.show(problems.get(f"{self._place}.success.statuses"))

    def _when(self) -> None:
        name = f"{self._place}.when"
        field = FormField(name, "Runs if", note="Optional")
        with field.inside:
            self._condition = ConditionEditor(
                self._action["when"],
                known=self._editing.known,
                check=self._check_when,
                on_change=lambda source: self._write("when", source),
                on_leave=lambda: self._editing.left(name),
                input_id=field.control_id,
                described_by=f"{field.control_id}-check",
                context={**CONTEXT, **self._steps},
                examples=("steps[0].ok", "steps[0].status == 201") if self._steps else (),
                placeholder="It always runs.",
                read_only=self._editing.read_only,
            )

    def _success(self) -> None:
        success, read_only = self._action["success"], self._editing.read_only
        with ui.element("div").classes("th-form-columns"):
            name = f"{self._place}.success.statuses"
            self._statuses = FormField(name, "Statuses of success", note="Optional", hint="Empty is 200 to 299.")
            box = text_input(self._statuses, success["statuses"], placeholder="200-299, 404", read_only=read_only)
            box.classes("is-mono").on_value_change(lambda event: self._succeed("statuses", event.value or ""))
            box.on("blur", lambda: self._editing.left(name), [])
            check = FormField(f"{self._place}.success.check", "And the answer says", note="Optional")
            with check.inside:
                self._check = ConditionEditor(
                    success["check"],
                    known=None,
                    check=lambda source: self._editing.engine.drafts.check_condition(source, ""),
                    on_change=lambda source: self._succeed("check", source),
                    on_leave=lambda: self._editing.left(check.name),
                    input_id=check.control_id,
                    described_by=f"{check.control_id}-check",
                    context=_ANSWER,
                    examples=(),
                    placeholder="json.ok == true",
                    read_only=read_only,
                )

    def _add_continue_on_failure(self) -> None:
        with ui.element("div").classes("th-field th-switched"):
            label = "Go on even if this fails"
            switch = ui.switch(label, value=self._action["go_on"]).classes("th-toggle").props("dense")
            switch.mark(f"{self._place}.go_on").set_enabled(not self._editing.read_only)
            switch.props["aria-label"] = label
            hint = Text("p", _GOES_ON, "th-hint")
            hint.props["id"] = f"th-{hint.id}"
            switch.props["aria-describedby"] = hint.props["id"]
            switch.on_value_change(lambda event: self._write("go_on", event.value))

    def _check_when(self, source: str) -> ConditionCheck:
        more = {"steps"} if self._steps else set[str]()
        return self._editing.engine.drafts.check_condition(source, self._editing.draft.raw["trigger"], more=more)

    def _succeed(self, field: str, text: str) -> None:
        self._write("success", {**self._action["success"], field: text.strip()})

    def _write(self, field: str, value: Json) -> None:
        self._action[field] = value.strip() if isinstance(value, str) else value
        self._update_summary()
        self._on_change()

    def _update_summary(self) -> None:
        parts = terms_in_words(self._action)
        self._summary.text = "; ".join(parts) if parts else "always; 200 to 299"


def terms_in_words(action: Mapping[str, Json]) -> list[str]:
    """The terms that differ from the default: "runs if steps[0].ok", "goes on if it fails"."""
    success, parts = action["success"], list[str]()
    if action["when"]:
        parts.append(f"runs if {' '.join(action['when'].split())}")
    if success["statuses"]:
        parts.append(f"success is {success['statuses']}")
    if success["check"]:
        parts.append(f"{'and' if success['statuses'] else 'success is'} {' '.join(success['check'].split())}")
    if action["go_on"]:
        parts.append("goes on if it fails")
    return parts
