"""The first three sections of the form. Each writes into the draft and shows its own problems."""

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow
from dashboard.components.basics.choice import Choice
from dashboard.components.basics.field import FormField, text_area, text_input
from dashboard.components.basics.text import Text
from dashboard.components.conditions.editor import ConditionEditor
from dashboard.components.conditions.filter_rows import FilterRows
from dashboard.components.events.picker import EventPicker
from dashboard.components.hook_form.draft import Draft
from dashboard.components.hook_form.schedule import SchedulePart
from engine import Engine, EventType, Json, Profile

MAX_TITLE = 255
COUNT_FROM = 200
STATUSES = {"enabled": "Enabled", "shadow": "Shadow", "disabled": "Disabled"}
_SHADOW_HINT = "Shadow decides on live events and records what it would send; it sends nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """Shared by all sections: call `changed` after any change, `left` with the name of a field that lost focus,
    `reveal` to focus the first of these fields."""

    engine: Engine
    draft: Draft
    actor: ActorNow
    read_only: bool
    changed: Callable[[], None]
    left: Callable[[str], None]
    reveal: Callable[[Iterable[str]], None]

    @property
    def known(self) -> EventType | None:
        return self.engine.catalogue.by_name.get(self.draft.raw["trigger"])


@contextmanager
def section(title: str, about: str) -> Generator[None]:
    with ui.element("section").classes("th-form-section") as box:
        heading = Text("h3", title, "th-form-section-title")
        heading.props["id"] = f"th-{heading.id}"
        box.props["aria-labelledby"] = heading.props["id"]
        Text("p", about, "th-form-section-about")
        yield


class BasicSection:
    """Title, Description, Status."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        raw, read_only = editing.draft.raw, editing.read_only
        with section("Basic information", "What the hook is called, and whether it runs."):
            self._title = FormField("title", "Title", note="Required")
            box = text_input(self._title, raw["title"], placeholder="Lead Qualification", read_only=read_only)
            box.props("autofocus" if not raw["title"] else "")
            box.on_value_change(lambda event: self._write("title", event.value))
            box.on("blur", lambda: editing.left("title"), [])
            self._description = FormField("description", "Description", note="Optional")
            about = text_area(self._description, raw["description"], placeholder="What it is for", read_only=read_only)
            about.on_value_change(lambda event: self._write("description", event.value))
            about.on("blur", lambda: editing.left("description"), [])
            status = FormField("enabled", "Status", hint=_SHADOW_HINT, caption="span")
            with status.inside:
                Choice(
                    STATUSES,
                    value=status_of(raw),
                    label="Status",
                    on_change=self._on_status,
                    described_by=status.help_id,
                    read_only=read_only,
                )
        self._count(raw["title"])

    def show(self, problems: Mapping[str, str]) -> None:
        self._title.show(problems.get("title"))
        self._description.show(problems.get("description"))

    def _write(self, field: str, value: str | None) -> None:
        self._editing.draft.raw[field] = value or ""
        if field == "title":
            self._count(value or "")
        self._editing.changed()

    def _count(self, title: str) -> None:
        """Shows the remaining length once it may matter."""
        near = len(title) >= COUNT_FROM
        self._title.aside.text = f"{len(title)} / {MAX_TITLE}" if near else "Required"
        over = len(title) > MAX_TITLE
        self._title.aside.classes(add="is-over" if over else "", remove="" if over else "is-over")

    def _on_status(self, status: str) -> None:
        """Disabled remembers what to return to when enabled again."""
        raw = self._editing.draft.raw
        raw["enabled"] = status != "disabled"
        if raw["enabled"]:
            raw["shadow"] = status == "shadow"
        self._editing.changed()


class TriggerSection:
    """Trigger When, Conditions, Filters. `on_learn` is called with another event type, or new knowledge about it."""

    def __init__(self, editing: Editing, *, on_learn: Callable[[EventType | None, Profile | None], None]) -> None:
        self._editing, self._on_learn = editing, on_learn
        raw, read_only, known = editing.draft.raw, editing.read_only, editing.known
        with section("Trigger configuration", "Which events start the hook, and which of them it lets through."):
            self._trigger = FormField("trigger", "Trigger When", note="Required", hint=_meaning(known))
            with self._trigger.inside:
                self._picker = EventPicker(
                    editing.engine.catalogue,
                    value=raw["trigger"],
                    on_change=self._choose,
                    on_leave=lambda: editing.left("trigger"),
                    input_id=self._trigger.control_id,
                    read_only=read_only,
                )
            self._schedule = SchedulePart(
                editing.engine, editing.draft, changed=editing.changed, read_only=editing.read_only
            )
            field = FormField("condition", "Conditions", note="Optional")
            with field.inside:
                self.condition = ConditionEditor(
                    raw["condition"],
                    known=known,
                    check=lambda source: editing.engine.drafts.check_condition(source, raw["trigger"]),
                    on_change=lambda source: self._write("condition", source),
                    on_leave=lambda: editing.left("condition"),
                    input_id=field.control_id,
                    described_by=field.help_id,
                    read_only=read_only,
                ).mark("condition")
            with FormField("filters", "Filters", note="Optional", caption="span").inside:
                self._filters = FilterRows(
                    raw["filters"],
                    known=known,
                    on_change=lambda filters: self._write("filters", filters),
                    on_leave=lambda: editing.left("filters"),
                    read_only=read_only,
                )

    def rename(self, name: str, to: str) -> None:
        """Replaces a field wherever it is used."""
        self.condition.rename(name, to)
        self._filters.rename(name, to)

    def show(self, problems: Mapping[str, str], every: Mapping[str, str], *, tries: int) -> None:
        self._trigger.show(problems.get("trigger"))
        self._picker.mark_invalid("trigger" in problems, self._trigger.help_id)
        self._schedule.show(every)
        self._filters.show_problems(every, tries=tries)

    def _write(self, field: str, value: object) -> None:
        self._editing.draft.raw[field] = value
        self._editing.changed()

    def _choose(self, trigger: str) -> None:
        self._editing.draft.raw["trigger"] = trigger
        self._schedule.follow()
        self._editing.changed()
        known = self._editing.known
        self._trigger.hint(_meaning(known))
        self.condition.follow(known)
        self._filters.follow(known)
        self._on_learn(known, None)
        self.condition.check()
        self.learn()

    def learn(self) -> Awaitable[None]:
        """Autocompletes fields seen in traffic, once they have been loaded."""
        return later(self._learn(), name="fields as they come")

    async def _learn(self) -> None:
        known = self._editing.known
        if known is None:
            return
        sight = self._editing.engine.sensitive.sight(await self._editing.actor())
        seen = sight.profile(await self._editing.engine.insight.profile(known.type, view=sight.events))
        if known is self._editing.known and not self.condition.is_deleted:
            self.condition.follow(known, seen)
            self._filters.follow(known, seen)
            self._on_learn(known, seen)


def status_of(raw: Mapping[str, Json]) -> str:
    if not raw["enabled"]:
        return "disabled"
    return "shadow" if raw["shadow"] else "enabled"


def _meaning(known: EventType | None) -> str:
    return f"{known.meaning}." if known else ""
