"""A schedule editor, in plain words or as cron, with the next runs below."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from engine import Json, Upcoming

FIELDS = ("cron", "every_minutes", "timezone")


class ScheduleEditor(Element, component="schedule_editor.js"):
    """`on_change` is called with the schedule in the API's format, including the initial one of a new hook;
    `on_look` is called to update the next runs when nothing has changed."""

    def __init__(
        self,
        value: Json,
        *,
        on_change: Callable[[dict[str, Json]], None],
        on_look: Callable[[], None],
        described_by: str,
        read_only: bool,
    ) -> None:
        super().__init__()
        self._on_change = on_change
        self.props["initial"] = value
        self.props["describedby"] = described_by
        self.props["disabled"] = read_only
        self.on("change", self._changed)
        self.on("look", on_look, [])

    def show(self, upcoming: Upcoming) -> None:
        self.run_method("show", {"words": upcoming.words, "times": [_stamp(time) for time in upcoming.times]})

    def _changed(self, event: GenericEventArguments) -> None:
        args: object = event.args
        raw = cast("dict[str, Json]", args) if isinstance(args, dict) else {}
        self._on_change({name: raw[name] for name in FIELDS if name in raw})


def _stamp(time: datetime) -> str:
    """In the schedule's time zone: "Thu 11-26-2026 09:00 AM CET"."""
    return f"{time:%a %m-%d-%Y %I:%M %p %Z}"
