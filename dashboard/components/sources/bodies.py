"""The last bodies of a source, newest first, each to be opened; one that is open stays so while others come."""

import json
from collections import Counter
from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.json_editor import pretty
from dashboard.components.basics.text import Text
from engine import Outcome, SourceBody

MOST_SHOWN = 6_000
LOOKS = {Outcome.ACCEPTED: "is-succeeded", Outcome.IGNORED: "", Outcome.REFUSED: "is-failed"}
NOTHING = "Nothing that was let in came yet."


class SourceBodies(Element):
    """`label` names an event type."""

    def __init__(self, label: Callable[[str], str]) -> None:
        super().__init__("div")
        self._label = label
        self._shown: dict[int, Element] = {}
        with self:
            self._empty = Text("p", NOTHING, "th-muted")

    def show(self, bodies: Sequence[SourceBody]) -> None:
        self._empty.visible = not bodies
        kept = {body.id for body in bodies}
        for gone in [number for number in self._shown if number not in kept]:
            self._shown.pop(gone).delete()
        for body in reversed(bodies):
            if body.id not in self._shown:
                with self:
                    self._shown[body.id] = made = self._entry(body)
                made.move(target_index=0)

    def _entry(self, body: SourceBody) -> Element:
        with ui.element("details").classes("th-source-body") as entry:
            entry.props["data-testid"] = "body"
            with ui.element("summary"):
                Text("span", body.outcome.value.capitalize(), f"th-chip is-plain {LOOKS[body.outcome]}")
                Text("span", self._words(body), "th-source-reason")
                Moment(body.at.isoformat())
            shown = Text("pre", _cut(indented(body.body)), "th-json")
            shown.props["tabindex"] = "0"
            for event_id in body.events:
                Text("a", f"Event {event_id}").props["href"] = event_address(event_id)
        return entry

    def _words(self, body: SourceBody) -> str:
        if body.outcome is not Outcome.ACCEPTED:
            return body.reason
        types = Counter(body.reason.split(", "))
        return ", ".join(
            f"{self._label(type)} × {count}" if count > 1 else self._label(type) for type, count in types.items()
        )


def indented(text: str) -> str:
    """JSON indented, and a form with a line for each field."""
    try:
        return pretty(json.loads(text))
    except ValueError:
        return text.replace("&", "\n") if is_form(text) else text


def is_form(text: str) -> bool:
    return "=" in text and not text.lstrip().startswith(("{", "["))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\n… (cut)"
