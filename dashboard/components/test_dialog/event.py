"""The left side of the test dialog: the source of the event, its data, its sender, and which gates are checked."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, cast

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.choice import Choice
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField
from dashboard.components.basics.json_editor import JsonEditor
from dashboard.components.basics.text import Text
from dashboard.components.events.recent import RecentEvents
from engine import (
    LABELS,
    Actor,
    Engine,
    Event,
    Gate,
    HookDefinition,
    Json,
    Permission,
    Role,
    about_of,
    may,
)

SOURCES: Final = {"sample": "Sample", "recent": "A recent event", "pasted": "Pasted JSON"}
GATES: Final = (Gate.ROLE, Gate.FILTERS, Gate.CONDITION)
_PASTE_HERE: Final = "Paste the data of an event here, or a whole event with its type and data."


class EventPane:
    """`data` is None while the text is not a JSON object; `without` are the skipped gates.

    `on_take` is called when a stored event was chosen, after `on_change`.
    """

    def __init__(
        self,
        engine: Engine,
        definition: HookDefinition,
        actor: Actor,
        *,
        on_change: Callable[[], None],
        on_take: Callable[[], None],
        on_run: Callable[[], Awaitable[None]],
    ) -> None:
        self._engine, self._definition, self._actor = engine, definition, actor
        self._on_change, self._on_take = on_change, on_take
        known = engine.catalogue.by_name.get(definition.trigger)
        self._sample: Mapping[str, Json] = known.sample if known else {}
        self.role = definition.role
        self.without: frozenset[Gate] = frozenset()
        self._choose_source()
        self._box = ui.element("div")
        self._box.visible = False
        self._edit(on_run)
        self._choose_role()
        self._choose_gates()

    @property
    def data(self) -> dict[str, Json] | None:
        return self._editor.value

    def focus(self) -> None:
        self._editor.focus()

    def _choose_source(self) -> None:
        self._source = Choice(SOURCES, value="sample", label="Where the event comes from", on_change=self._on_source)

    def _edit(self, on_run: Callable[[], Awaitable[None]]) -> None:
        with ui.element("div").classes("th-caption"):
            Text("h3", "Event data", "th-label")
            button("Format", self._format, "is-quiet is-small")
            self._reset_button = button("Reset to sample", self._reset, "is-quiet is-small")
        self._editor = JsonEditor(self._sample, label="Event data as JSON", on_change=self._changed, on_run=on_run)
        self._note = Text("p", "", "th-hint")
        self._note.props["role"] = "status"
        self._note.visible = False

    def _choose_role(self) -> None:
        field = FormField("role", "Act as role")
        field.classes("is-inline")
        with field.inside:
            self._role_box = Combobox(
                [Option(value=str(role), label=LABELS[role]) for role in Role],
                value=str(self.role),
                label="Act as role",
                on_change=self._act_as,
                input_id=field.control_id,
            )

    def _choose_gates(self) -> None:
        with ui.element("div").classes("th-gates") as group:
            group.props["role"] = "group"
            group.props["aria-label"] = "Gates that are asked"
            Text("span", "Ask", "th-label")
            for gate in GATES:
                self._gate_switch(gate)

    def _gate_switch(self, gate: Gate) -> None:
        switch = ui.switch(LABELS[gate], value=True).classes("th-toggle").props("dense").mark(f"ask-{gate}")
        switch.props["aria-label"] = f"Ask {LABELS[gate]}"

        def turn() -> None:
            self.without = self.without - {gate} if switch.value else self.without | {gate}
            self._on_change()

        switch.on_value_change(turn)

    def _on_source(self, source: str) -> None:
        self._show_message("")
        self._box.clear()
        self._box.visible = source == "recent"
        self._reset_button.visible = source == "sample"
        if source == "recent":
            with self._box:
                RecentEvents(self._engine, self._definition, self._actor, on_take=self._take)
        elif source == "pasted":
            self._show_message(_PASTE_HERE)
            self._editor.empty()
            self._editor.focus()
        else:
            self._editor.write(self._sample)

    def _take(self, event: Event) -> None:
        """Uses its data and its role."""
        about = f" about {about_of(event.data)}" if about_of(event.data) else ""
        masked = "" if may(self._actor, Permission.SEE_SENSITIVE) else ", with people's data masked"
        self.role = event.role
        self._role_box.set(str(event.role))
        self._editor.write(event.data)
        self._show_message(f"The event{about}, as it came{masked}.")
        self._on_take()

    def _format(self) -> None:
        self._editor.format()

    def _reset(self) -> None:
        self._editor.write(self._sample)

    def _act_as(self, role: str) -> None:
        self.role = Role(role)
        self._on_change()

    def _changed(self) -> None:
        if self._source.value == "pasted" and self.data is not None:
            self._unwrap_event(self.data)
        self._on_change()

    def _unwrap_event(self, pasted: Mapping[str, Json]) -> None:
        """A complete event is reduced to its data."""
        type, data = pasted.get("type", pasted.get("event")), pasted.get("data")
        if not (isinstance(type, str) and isinstance(data, dict) and data):
            return
        message = "This was a whole event; its data was taken."
        if type != self._definition.trigger:
            wanted = self._engine.catalogue.label(self._definition.trigger)
            message = f"This was a whole event of the type {type}; its data was taken, as that of {wanted}."
        self._show_message(message)
        self._editor.write(cast("dict[str, Json]", data))

    def _show_message(self, text: str) -> None:
        self._note.text = text
        self._note.visible = bool(text)
