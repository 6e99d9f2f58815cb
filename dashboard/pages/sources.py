"""`/sources`: platforms that post as they are, for Managers."""

from collections.abc import Mapping, Sequence
from typing import Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later, when_gone
from dashboard.components.basics.acting import act, refusals
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import confirm
from dashboard.components.basics.refreshing import Refreshing
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.components.sources.event_type_form import EventTypeForm
from dashboard.components.sources.event_types import EventTypeList
from dashboard.components.sources.form import SourceForm
from dashboard.components.sources.list import SourceList
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from engine import Actor, Engine, Json, NotFound, OwnType, Permission, Role, Source, SourceBody, acting_roles

PATH: Final = "/sources"
TYPES: Final = "For what none of the built-in types means."
ABOUT: Final = "Platforms that post as they are, each to an address of its own."


def sources_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Sources · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.MANAGE_SOURCES, PATH, style_url):
            return None
        with frame(who, style_url, "Sources", PATH):
            view = _Sources(engine, who)
        await view.refresh()
        refreshing = Refreshing(view)
        client = ui.context.client
        when_gone(client, engine.sources.subscribe(refreshing.soon))
        when_gone(client, engine.event_types.subscribe(refreshing.soon))
        when_gone(client, engine.sources.subscribe_received(lambda _: refreshing.soon()))
        return None


class _Sources:
    def __init__(self, engine: Engine, who: Visitor) -> None:
        self._engine, self._who = engine, who
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                Text("h1", "Sources")
                Text("p", ABOUT, "th-muted")
            plain_button("New source", self._new, "is-main is-add")
        with ui.element("div").classes("th-card") as self._place:
            self._list = SourceList()
        with section_card("Event types of your own", TYPES):
            self._types = EventTypeList(self._change_type, self._ask_to_delete)
            plain_button("Add an event type", lambda: self._change_type(None), "is-small")

    @property
    def is_deleted(self) -> bool:
        return self._place.is_deleted

    async def refresh(self) -> None:
        actor = self._who.actor
        sources = await self._engine.sources.list(actor=actor)
        totals = await self._engine.sources.totals(actor=actor)
        if not self.is_deleted:
            self._list.show(sources, totals)
            self._types.show(self._engine.event_types.own())

    def _new(self) -> None:
        roles = dict.fromkeys((Role.AGENT, *acting_roles(self._who.actor)))
        with self._place:
            SourceForm(list(roles), self._make).open()

    async def _make(self, raw: Mapping[str, Json]) -> Mapping[str, str] | None:
        made: list[Source] = []

        async def make(actor: Actor) -> None:
            made.append(await self._engine.sources.create(raw, actor=actor))

        problems = await refusals(self._who.now, make)
        if made:
            with self._place:
                ui.navigate.to(f"{PATH}/{made[0].id}")
        return problems or None

    def _change_type(self, known: OwnType | None) -> None:
        async def save(raw: Mapping[str, Json]) -> Mapping[str, str]:
            engine, name = self._engine, known.type if known else None
            if name is None:
                return await refusals(self._who.now, lambda actor: engine.event_types.create(raw, actor=actor))
            return await refusals(self._who.now, lambda actor: engine.event_types.change(name, raw, actor=actor))

        with self._place:
            EventTypeForm(known, save).open()

    def _ask_to_delete(self, known: OwnType) -> None:
        async def delete() -> None:
            await act(
                self._who.now,
                lambda actor: self._engine.event_types.delete(known.type, actor=actor),
                within=self._place,
                back=PATH,
            )

        def go() -> None:
            later(delete(), name="delete an event type")

        with self._place:
            confirm(
                f"Delete “{known.settings.label}”?",
                f"Events of the type {known.type} are no longer taken. Those that are stored stay.",
                stay="Keep it",
                go="Delete",
                on_go=go,
            )


async def source_of(engine: Engine, who: Visitor, source_id: str) -> Source | None:
    """By the number in an address; None if there is none."""
    number = int(source_id) if source_id.isascii() and source_id.isdigit() and len(source_id) < 19 else 0
    try:
        return await engine.sources.get(number, actor=who.actor)
    except NotFound:
        return None


async def visible_bodies(engine: Engine, actor: Actor, source_id: int, came: Sequence[SourceBody]) -> list[SourceBody]:
    """As the actor may see them; each look is audited."""
    texts = {"transcript": "\n".join(body.body for body in came)}
    sight = await engine.sensitive.look_at(texts, f"source {source_id}", actor=actor)
    return [sight.posted(body) for body in came]
