"""The form's limits section: how often and when a hook may run, each explained in a sentence."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from nicegui import ui

from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.draft import empty_hook
from dashboard.components.hook_form.fold import Fold
from dashboard.components.hook_form.sections import Editing
from dashboard.components.times.hours_field import HoursField
from dashboard.components.times.moment_field import MomentField
from engine import Json, limits_in_words

COOLDOWN, RUNS, HOURS, EXPIRES = (
    f"limits.{name}" for name in ("cooldown_minutes", "max_per_hour", "hours", "expires_at")
)
_USUAL_HOURS: Mapping[str, Json] = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "opens": "09:00",
    "closes": "17:00",
    "zone": "UTC",
    "contact_zone": False,
}
_NONE = "None: it runs whenever it fires."
_UNREAD = "What stands here cannot be read yet."
_PER_ENTITY = "By the first present of lead_id, call_id, contact_id, phone_number; an event with none of them passes."
_HELD = "What fires outside of them waits until they open, and is sent then."


class LimitsSection:
    """Cooldown, runs per hour, active hours, expiry. Folded while none is set."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._fold = Fold("Limits", open=self._limits != empty_hook()["limits"])
        with self._fold.inside:
            with ui.element("div").classes("th-form-columns"):
                self._cooldown = self._number(COOLDOWN, "Cooldown", "minutes", _number)
                self._runs = self._number(RUNS, "Runs per hour", "at most", _whole)
            self._per_entity = self._switch(
                "per_entity", "Each lead, call or contact on its own", _PER_ENTITY, self._set_per_entity
            )
            self._switch("hours", "Only in active hours", _HELD, self._turn_hours)
            self._hours = self._hours_field()
            self._expires = self._expiry_field()
        self.follow()

    def show(self, problems: Mapping[str, str]) -> None:
        self._cooldown.show(problems.get(COOLDOWN))
        self._runs.show(problems.get(RUNS))
        self._expires.show(problems.get(EXPIRES))
        self._moment.mark_invalid(EXPIRES in problems)
        wrong = {place: text for place, text in problems.items() if place.startswith(HOURS)}
        self._hours.show(" ".join(wrong.values()) or None)
        self._clock.mark_invalid([place.removeprefix(f"{HOURS}.") for place in wrong])

    def follow(self) -> None:
        """Updates the sentences."""
        limits = self._limits
        cooldown, per_entity = limits["cooldown_minutes"], limits["per_entity"]
        self._per_entity.visible = cooldown is not None
        self._hours.visible = limits["hours"] is not None
        self._cooldown.hint(_in_words(cooldown_minutes=cooldown, per_entity=per_entity))
        self._runs.hint(_in_words(max_per_hour=limits["max_per_hour"]))
        self._hours.hint(_in_words(hours=limits["hours"]))
        past = _is_past(limits["expires_at"])
        self._expires.hint(
            "This has passed: the hook does not fire." if past else _in_words(expires_at=limits["expires_at"]),
            warning=past,
        )
        unread = _NONE if limits == empty_hook()["limits"] else _UNREAD
        self._fold.summary.text = " ".join(limits_in_words(limits)) or unread

    @property
    def _limits(self) -> dict[str, Json]:
        return self._editing.draft.raw["limits"]

    def _number(self, name: str, label: str, note: str, read: Callable[[str], Json]) -> FormField:
        """Invalid numbers are kept as written, so that the engine reports them."""
        field, key = FormField(name, label, note=note, hint="Empty is without."), name.removeprefix("limits.")
        value = self._limits[key]
        box = text_input(field, "" if value is None else f"{value:.10g}", read_only=self._editing.read_only)
        box.props("inputmode=decimal")
        box.on_value_change(lambda event: self._write(key, read((event.value or "").strip())))
        box.on("blur", lambda: self._editing.left(name), [])
        return field

    def _switch(self, key: str, label: str, hint: str, turn: Callable[[bool], None]) -> ui.element:
        with ui.element("div").classes("th-field th-switched") as box:
            switch = ui.switch(label, value=bool(self._limits[key]), on_change=lambda event: turn(bool(event.value)))
            switch.classes("th-toggle").props("dense").mark(f"limits.{key}")
            switch.set_enabled(not self._editing.read_only)
            switch.props["aria-label"] = label
            hint_text = Text("p", hint, "th-hint")
        hint_text.props["id"] = f"th-{hint_text.id}"
        switch.props["aria-describedby"] = hint_text.props["id"]
        return box

    def _hours_field(self) -> FormField:
        field = FormField(HOURS, "Active hours", caption="span")
        with field.inside:
            self._clock = HoursField(
                self._limits["hours"],
                on_change=lambda hours: self._write("hours", hours),
                on_leave=lambda: self._editing.left(HOURS),
                described_by=field.help_id,
                read_only=self._editing.read_only,
            )
        return field

    def _expiry_field(self) -> FormField:
        field = FormField(EXPIRES, "Expires", note="Your own time zone", hint="Empty is never.")
        with field.inside:
            self._moment = MomentField(
                self._limits["expires_at"],
                on_change=lambda moment: self._write("expires_at", moment),
                on_leave=lambda: self._editing.left(EXPIRES),
                input_id=field.control_id,
                described_by=field.help_id,
                read_only=self._editing.read_only,
            )
        return field

    def _set_per_entity(self, on: bool) -> None:
        self._write("per_entity", on)

    def _turn_hours(self, on: bool) -> None:
        """When switched on, starts with the browser's proposal."""
        self._write("hours", dict(_USUAL_HOURS) if on else None)
        if on:
            self._clock.ask()

    def _write(self, key: str, value: Json) -> None:
        self._limits[key] = value
        self._editing.changed()


def _in_words(**limits: Json) -> str | None:
    return " ".join(limits_in_words(limits)) or None


def _number(text: str) -> Json:
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text


def _whole(text: str) -> Json:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text or None


def _is_past(moment: Json) -> bool:
    return isinstance(moment, str) and datetime.fromisoformat(moment) <= datetime.now(UTC)
