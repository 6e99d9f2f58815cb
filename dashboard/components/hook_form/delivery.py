"""The form's fourth section: retries, timeout and order of deliveries. Folded while everything is at its default."""

from collections.abc import Mapping

from nicegui import ui

from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.draft import empty_hook
from dashboard.components.hook_form.fold import Fold
from dashboard.components.hook_form.sections import Editing
from dashboard.components.retries.choice import RetriesChoice
from dashboard.components.retries.pauses import delivery_in_words, read_seconds, write_seconds
from engine import HookType, Json, LaneSettings, Run

RETRIES, TIMEOUT = "delivery.retries", "delivery.timeout"


class DeliverySection:
    """Retries, timeout, final statuses, and order. Empty settings use the defaults of the hook's lane."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        delivery = self._delivery
        self._fold = Fold("Delivery", open=delivery != empty_hook()["delivery"])
        with self._fold.inside:
            with ui.element("div").classes("th-form-columns is-wide-left"):
                self._retries = RetriesChoice(
                    RETRIES,
                    delivery["retries"],
                    on_change=self._write_retries,
                    on_leave=lambda: editing.left(RETRIES),
                    lane=self._lane,
                    read_only=editing.read_only,
                )
                self._timeout = self._timeout_field()
            self._switch(
                "An answer of 4xx is final",
                "It is not tried again, save 408, 425 and 429. 410 switches the hook off either way.",
                field="final_4xx",
                shown=delivery["final_4xx"],
            )
            self._switch(
                "Keep the order",
                "Executions about the same lead or call (the first present of lead_id, call_id) go one after the other;"
                " all other pass.",
                field="ordered",
                shown=_in_order(editing.draft.raw),
            )
        self.follow()

    def own_problems(self) -> dict[str, str]:
        """Problems that the engine cannot see: unreadable pauses."""
        problem = self._retries.problem
        return {RETRIES: problem} if problem else {}

    def show(self, problems: Mapping[str, str]) -> None:
        self._retries.show(problems.get(RETRIES))
        self._timeout.show(problems.get(TIMEOUT))

    def follow(self) -> None:
        """Called when the hook's type, and with it the lane, may have changed."""
        self._retries.follow(self._lane)
        self._seconds.props["placeholder"] = f"{write_seconds(self._lane.timeout)}, as its lane"
        problem = self._retries.problem
        self._fold.summary.text = problem or delivery_in_words(self._delivery, self._lane)

    @property
    def _delivery(self) -> dict[str, Json]:
        return self._editing.draft.raw["delivery"]

    @property
    def _lane(self) -> LaneSettings:
        return self._editing.engine.lane_settings.of(HookType(self._editing.draft.raw["type"]))

    def _timeout_field(self) -> FormField:
        field = FormField(TIMEOUT, "Timeout", note="1 to 30 s", hint="Empty is as its lane.")
        seconds = self._delivery["timeout"]
        text = "" if seconds is None else write_seconds(seconds)
        self._seconds = text_input(field, text, read_only=self._editing.read_only)
        self._seconds.props("inputmode=decimal")
        self._seconds.on_value_change(lambda event: self._write_timeout(event.value or ""))
        self._seconds.on("blur", lambda: self._editing.left(TIMEOUT), [])
        return field

    def _switch(self, label: str, hint: str, *, field: str, shown: bool) -> None:
        """A value reset to what was `shown` first is stored as it was: null stays null."""
        start = self._delivery[field]
        with ui.element("div").classes("th-field th-switched"):
            switch = ui.switch(label, value=shown).classes("th-toggle").props("dense").mark(f"delivery.{field}")
            switch.set_enabled(not self._editing.read_only)
            switch.props["aria-label"] = label
            hint_text = Text("p", hint, "th-hint")
        hint_text.props["id"] = f"th-{hint_text.id}"
        switch.props["aria-describedby"] = hint_text.props["id"]
        switch.on_value_change(lambda event: self._write(field, start if event.value == shown else event.value))

    def _write_retries(self) -> None:
        self._write("retries", self._retries.value)

    def _write_timeout(self, text: str) -> None:
        self._write("timeout", read_seconds(text) if text.strip() else None)

    def _write(self, field: str, value: Json) -> None:
        self._delivery[field] = value
        self._editing.changed()


def _in_order(raw: Mapping[str, Json]) -> bool:
    """Null is on only for a sequence."""
    wanted = raw["delivery"]["ordered"]
    return raw["run"] == Run.SEQUENTIAL and len(raw["actions"]) > 1 if wanted is None else wanted
