"""Tries the rules as currently written on a recent event."""

from collections.abc import Callable, Mapping

from nicegui import ui
from nicegui.element import Element

from dashboard.clients import later
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField
from dashboard.components.basics.text import Text
from dashboard.components.leads.score import show_score
from engine import Engine, Event, InvalidHook, Json, Recorded, Sight, TriggerHooksError, about_of


class LeadTrial(Element):
    """`rules` returns them as currently written; `sight` decides what is shown of events and results."""

    def __init__(
        self, engine: Engine, rules: Callable[[], Mapping[str, Json]], events: list[Recorded], sight: Sight
    ) -> None:
        super().__init__("section")
        self._engine, self._rules, self._sight = engine, rules, sight
        self._events: dict[str, Event] = {one.event.id: one.event for one in events}
        self._asked = self._running = False
        self.classes("th-card th-section th-trial th-panel")
        with self:
            Text("h2", "Try them")
            if not events:
                Text("p", "Once events about leads have come in, the rules can be tried on them here.", "th-muted")
                return
            self._chosen = events[0].event.id
            field = FormField("event", "On the event")
            with field.inside:
                Combobox(
                    [_option(sight.recorded(one), engine) for one in events],
                    value=self._chosen,
                    label="Event",
                    on_change=self._choose,
                    input_id=field.control_id,
                )
            self._result = ui.element("div").classes("th-trial-result")
            self._result.props["aria-live"] = "polite"
        self.run()

    def run(self) -> None:
        """Runs again with the current rules; changes made meanwhile trigger one more run."""
        if not self._events:
            return
        self._asked = True
        if not self._running:
            self._running = True
            later(self._run(), name="try the rules of leads")

    async def _run(self) -> None:
        try:
            while self._asked and not self.is_deleted:
                self._asked = False
                await self._show()
        finally:
            self._running = False

    async def _show(self) -> None:
        try:
            result = await self._engine.leads.try_rules(self._rules(), self._events[self._chosen])
        except InvalidHook:
            self._show_message("Some rules cannot be read yet.")
            return
        except TriggerHooksError as error:
            self._show_message(str(error))
            return
        if self.is_deleted:
            return
        self._result.clear()
        with self._result:
            show_score(self._sight.lead(result.lead).score)

    def _show_message(self, text: str) -> None:
        self._result.clear()
        with self._result:
            Text("p", text, "th-muted")

    def _choose(self, event_id: str) -> None:
        self._chosen = event_id
        self.run()


def _option(recorded: Recorded, engine: Engine) -> Option:
    event = recorded.event
    return Option(value=event.id, label=f"{engine.catalogue.label(event.type)}: {about_of(event.data)}")
