"""`/sources/{id}/mapping`: how the bodies of a source become events, tried while it is written."""

from typing import Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.basics.acting import act, refusals
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from dashboard.components.sources.mapping import EMPTY, MappingEditor
from dashboard.components.sources.mapping_body import MappingBody
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from dashboard.pages.sources import PATH, source_of, visible_bodies
from engine import (
    Actor,
    Engine,
    InvalidSource,
    Json,
    Permission,
    Source,
    SourceBody,
    SourceMapping,
    may_be_mapped,
    write_mapping,
)

ABOUT: Final = "How what it posts becomes events."
NOT_SAVED: Final = (
    "There is no mapping yet, so only events in our own form and CloudEvents are taken. This one is suggested by the "
    "names in the body: change it, and save it."
)


def source_mapping_page(engine: Engine, style_url: str) -> None:
    @ui.page(f"{PATH}/{{source_id}}/mapping", title="Mapping · Trigger Hooks")
    async def page(request: Request, source_id: str) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.MANAGE_SOURCES, PATH, style_url):
            return None
        source = await source_of(engine, who, source_id)
        if source is None or not engine.sources.platforms[source.settings.platform].has_mapping:
            with frame(who, style_url, "Mapping", PATH):
                Text("h1", "Not found")
                Text("p", "There is no source here that has a mapping of its own.", "th-muted")
            return None
        received = await engine.sources.received(source.id, actor=who.actor)
        bodies = await visible_bodies(engine, who.actor, source.id, received.bodies)
        with frame(who, style_url, f"Mapping of {source.settings.name}", PATH):
            _Mapping(engine, who, source, bodies)
        return None


class _Mapping:
    def __init__(self, engine: Engine, who: Visitor, source: Source, bodies: list[SourceBody]) -> None:
        self._engine, self._who, self._source = engine, who, source
        self._saved = write_mapping(source.settings.mapping or EMPTY)
        self._left = sum(may_be_mapped(body) for body in bodies)
        with ui.element("div") as self._page:
            self._unsaved = Unsaved()
            self._head()
            self._notice = Text("p", "", "th-error")
            self._notice.props["role"] = "alert"
            with ui.element("div").classes("th-source-columns th-mapping-columns"):
                with section_card("Body", "What really came, or one of your own."):
                    self._body = MappingBody(bodies, self._try)
                self._editor = MappingEditor(engine, source.settings.mapping or self._suggestion(), self._try)
        self._try()

    def _head(self) -> None:
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                back = Text("a", self._source.settings.name, "th-back")
                back.props["href"] = f"{PATH}/{self._source.id}"
                Text("h1", "Mapping")
                Text("p", ABOUT if self._source.settings.mapping else NOT_SAVED, "th-muted")
            with ui.element("div").classes("th-head-buttons"):
                plain_button("Save", self._save, "is-main")
                plain_button("Suggest by names", self._suggest)
                self._again = plain_button("", self._map_again)
                self._remove_button = plain_button("Remove the mapping", self._remove, "is-bad")
        self._show_buttons()

    def _show_buttons(self) -> None:
        has_mapping = self._source.settings.mapping is not None
        self._again.text = f"Map {self._left} ignored {'body' if self._left == 1 else 'bodies'} again"
        self._again.visible = has_mapping and self._left > 0
        self._remove_button.visible = has_mapping

    def _suggestion(self) -> SourceMapping:
        """For a body that is there; empty for none, and for one that is too large to be tried."""
        incoming = self._body.incoming
        try:
            return self._engine.mappings.suggest(incoming, actor=self._who.actor) if incoming.body else EMPTY
        except InvalidSource:
            return EMPTY

    def _suggest(self) -> None:
        self._editor.write(self._suggestion())

    def _try(self) -> None:
        raw = self._editor.raw
        self._unsaved.guard(raw != self._saved)
        try:
            trial = self._engine.mappings.attempt(raw, self._body.incoming, actor=self._who.actor)
        except InvalidSource as error:
            self._notice.text = " ".join(error.problems.values())
            return
        self._notice.text = ""
        self._editor.show(trial)

    async def _save(self) -> None:
        await self._put(self._editor.raw, "The mapping is saved. It counts from the next request on.")

    async def _remove(self) -> None:
        await self._put(None, "The mapping is removed. Our own form and CloudEvents are read again.")

    async def _put(self, mapping: dict[str, Json] | None, message: str) -> None:
        wanted: dict[str, Json] = {"mapping": mapping, "mapping_version": self._source.mapping_version}
        changed: list[Source] = []

        async def change(actor: Actor) -> None:
            changed.append(await self._engine.sources.change(self._source.id, wanted, actor=actor))

        problems = await refusals(self._who.now, change)
        self._editor.show_problems(problems)
        self._notice.text = " ".join(problems.values())
        if not changed:
            return
        self._source = changed[0]
        self._saved = self._editor.raw
        self._unsaved.guard(False)
        self._show_buttons()
        with self._page:
            toast(message, "good")

    async def _map_again(self) -> None:
        mapped = await act(
            self._who.now,
            lambda actor: self._engine.reception.map_again(self._source.id, actor=actor),
            within=self._page,
            back=f"{PATH}/{self._source.id}/mapping",
        )
        if mapped is None or self._page.is_deleted:
            return
        self._left = max(0, self._left - mapped)
        self._show_buttons()
        with self._page:
            toast(f"{mapped} became events." if mapped else "None of them becomes an event by this mapping.", "good")
