"""Chooses one of the stored events of a type: newest first, searchable."""

import re
from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any, Final

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from engine import LABELS, Actor, Engine, Event, EventQuery, HookDefinition, Json, TriggerHooksError, about_of

MOST = 20
MOST_TELLING = 4
_USUAL: Final = ("sentiment", "call_duration", "lead_score", "lead_status", "disposition", "priority", "reason")


class RecentEvents(Element, component="recent_events.js", esm=SHARED):
    """`on_take` is called with the chosen event."""

    def __init__(
        self, engine: Engine, definition: HookDefinition, actor: Actor, *, on_take: Callable[[Event], None]
    ) -> None:
        super().__init__()
        self._engine, self._actor, self._on_take = engine, actor, on_take
        self._type = definition.trigger
        self._fields = telling_fields(definition)
        self._shown: dict[str, Event] = {}
        self.props["event"] = engine.catalogue.label(definition.trigger)
        self.on("search", self._search)
        self.on("take", self._take)

    async def _search(self, event: GenericEventArguments) -> None:
        text = str(event.args.get("text") or "")[:200]
        self.run_method("show", event.args.get("number"), await self._view(text))

    async def _view(self, text: str) -> dict[str, Any]:
        sight = self._engine.sensitive.sight(self._actor)
        query = EventQuery(type=self._type, text=text, view=sight.or_none(sight.event), limit=MOST)
        try:
            page = await self._engine.insight.events(query)
        except TriggerHooksError as error:
            return {"rows": [], "more": False, "problem": str(error)}
        events = [sight.event(recorded.event) for recorded in page.items]
        self._shown |= {event.id: event for event in events}
        rows = [self._row(event) for event in events]
        return {"rows": rows, "more": page.next is not None, "problem": ""}

    def _row(self, event: Event) -> dict[str, Any]:
        return {
            "id": event.id,
            "at": event.received_at.isoformat(),
            "role": LABELS[event.role],
            "about": about_of(event.data),
            "telling": telling(event.data, self._fields),
        }

    def _take(self, event: GenericEventArguments) -> None:
        if found := self._shown.get(str(event.args)):
            self._on_take(found)


def telling_fields(definition: HookDefinition) -> tuple[str, ...]:
    """Fields that the hook uses come first, then those that are usually of interest."""
    asked = [row.field for row in definition.filters.rows]
    names = re.findall(r"[A-Za-z_]\w*", re.sub(r"\"[^\"]*\"|'[^']*'", "", definition.condition))
    asked += [name for name in names if not iskeyword(name)]
    return tuple(dict.fromkeys([*asked, *_USUAL]))


def telling(data: Mapping[str, Json], fields: tuple[str, ...]) -> str:
    """A few fields with their values: "call_duration 187 · sentiment positive"."""
    known = [name for name in fields if isinstance(data.get(name), str | int | float)]
    return " · ".join(f"{name} {_short(data[name])}" for name in known[:MOST_TELLING])


def _short(value: Json) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 24 else f"{text[:23]}…"
