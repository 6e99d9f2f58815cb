"""The part of the form below Trigger When, for a scheduled hook."""

from collections.abc import Callable, Mapping

from dashboard.components.basics.field import FormField
from dashboard.components.hook_form.draft import Draft
from dashboard.components.times.schedule_editor import ScheduleEditor
from engine import SCHEDULED, Engine, Json, Role

_HINT = "What is missed while the server is down runs once when it is back. A schedule runs as the role System."


class SchedulePart:
    """Visible while the trigger is a schedule, which also sets the role."""

    def __init__(self, engine: Engine, draft: Draft, *, changed: Callable[[], None], read_only: bool) -> None:
        self._engine, self._draft, self._changed, self._read_only = engine, draft, changed, read_only
        self._kept: Json = draft.raw["schedule"]
        self._role_before = str(Role.AGENT) if draft.raw["trigger"] == SCHEDULED else draft.raw["role"]
        self._field = FormField("schedule", "Schedule", note="Required", hint=_HINT, caption="span")
        self._editor: ScheduleEditor | None = None
        self.follow()

    def follow(self) -> None:
        """Called when the trigger may have changed."""
        raw = self._draft.raw
        chosen = raw["trigger"] == SCHEDULED
        self._field.visible = chosen
        if chosen and self._editor is None:
            self._role_before = raw["role"] if raw["role"] != Role.SYSTEM else self._role_before
            raw["role"], raw["schedule"] = str(Role.SYSTEM), self._kept
            with self._field.inside:
                self._editor = ScheduleEditor(
                    self._kept,
                    on_change=self._write,
                    on_look=self._show_upcoming,
                    described_by=self._field.help_id,
                    read_only=self._read_only,
                )
        elif not chosen and self._editor is not None:
            raw["role"], raw["schedule"] = self._role_before, None
            self._editor.delete()
            self._editor = None

    def show(self, problems: Mapping[str, str]) -> None:
        """Shows problems immediately, before any attempt to save: a schedule is valid from the start."""
        wrong = [words for place, words in problems.items() if place.startswith("schedule")]
        self._field.show(wrong[0] if wrong and self._draft.raw["schedule"] else None)

    def _write(self, schedule: dict[str, Json]) -> None:
        self._kept = self._draft.raw["schedule"] = schedule
        self._show_upcoming()
        self._changed()

    def _show_upcoming(self) -> None:
        if self._editor:
            self._editor.show(self._engine.hooks.upcoming(self._kept))
