"""Below an action: its request as it would be sent for a sample or stored event, updated while typing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.clients import later
from dashboard.components.basics.choice import Choice
from dashboard.components.basics.prose import prose
from dashboard.components.basics.text import Text
from dashboard.components.events.recent import RecentEvents
from dashboard.components.execution.http_call import HttpCall
from dashboard.components.hook_form.sections import Editing
from engine import Event, HookDefinition, Json, WouldSend, about_of

PAUSE_SECONDS: Final = 0.15
_SOURCES: Final = {"sample": "Sample event", "recent": "A recent event"}


@dataclass(slots=True)
class PreviewEvent:
    """The event used by all previews of a form; None is the sample of its type."""

    event: Event | None = None


class Preview:
    """Call `follow` after any change: the newest wins. `on_choose` is called when another event was chosen, for all."""

    def __init__(
        self,
        editing: Editing,
        index: int,
        action: dict[str, Json],
        chosen: PreviewEvent,
        *,
        on_choose: Callable[[], None],
    ) -> None:
        self._editing, self._index, self._action = editing, index, action
        self._chosen, self._on_choose = chosen, on_choose
        self._answering: asyncio.Task[None] | None = None
        self.open = _has_holes(action)
        with ui.element("details").classes("th-details th-terms th-preview-of") as self._fold:
            self._fold.props["open"] = self.open
            self._fold.on("toggle", self._on_toggle, js_handler="(event) => emit(event.target.open)")
            with ui.element("summary"):
                Text("span", "Preview")
                self._about = Text("span", "", "th-terms-sum")
            with ui.element("div").classes("th-terms-inside"):
                self._choice = Choice(_SOURCES, value="sample", label="Event of the preview", on_change=self._on_source)
                self._box = ui.element("div")
                self._problem = ui.element("div")
                self._problem.props["role"] = "status"
                self._later = Text("p", "", "th-hint")
                self._call = HttpCall("What goes out")
                self._call.visible = self._later.visible = False
        self.follow()

    def unfold(self) -> None:
        """Renders if it is visible."""
        if not self.open:
            self.open = self._fold.props["open"] = True
        self.follow()

    def follow(self) -> None:
        event = self._chosen.event
        if event and event.type != self._editing.draft.raw["trigger"]:
            event = self._chosen.event = None
        self._choice.set("recent" if event else self._choice.value if self._lists_events else "sample")
        self._about.text = (
            f"for the event about {about_of(event.data) or event.id}" if event else "for the sample event"
        )
        if self._answering:
            self._answering.cancel()
        if self.open:
            self._answering = later(self._answer(), name="preview a request")

    @property
    def _lists_events(self) -> bool:
        """Whether this preview lists events to choose from."""
        return bool(self._box.default_slot.children)

    async def _answer(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        if not self._fold.is_deleted:
            self._show(self._editing.engine.composer.preview(self._editing.draft.raw, self._index, self._chosen.event))

    def _show(self, would: WouldSend) -> None:
        """The call element is kept, so that what is unfolded in it stays unfolded."""
        self._problem.clear()
        if would.problem:
            with self._problem:
                prose("p", would.problem, "th-panel-info is-bad")
        self._later.text = _known_later(would) if would.reads else ""
        self._later.visible = bool(would.reads) and not would.problem
        self._call.visible = not would.problem
        if would.request:
            self._call.show(would.request)

    def _on_toggle(self, event: GenericEventArguments) -> None:
        self.open = event.args is True
        self.follow()

    def _on_source(self, source: str) -> None:
        later(self._show_source(source), name="choose the event of a preview")

    async def _show_source(self, source: str) -> None:
        """Both the events and their previews are shown with the viewer's permissions."""
        self._box.clear()
        actor = await self._editing.actor()
        if source == "sample" or actor is None:
            self._choose(None)
            return
        raw = self._editing.draft.raw
        like = HookDefinition(title="", trigger=raw["trigger"], actions=(), condition=raw["condition"])
        with self._box:
            RecentEvents(self._editing.engine, like, actor, on_take=self._choose)

    def _choose(self, event: Event | None) -> None:
        self._box.clear()
        self._chosen.event = event
        self._on_choose()


def _has_holes(action: dict[str, Json]) -> bool:
    return any("{{" in text for text in (action["url"], action["body"] or "", *action["headers"].values()))


def _known_later(would: WouldSend) -> str:
    numbers = [str(index + 1) for index in would.reads]
    which = f"actions {' and '.join(numbers)} have" if len(numbers) > 1 else f"action {numbers[0]} has"
    return f"What is read of steps is known once {which} answered; here stand samples."
