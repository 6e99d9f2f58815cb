"""`/sources/{id}`: one source: its address, what came from it, and what became of that, live."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later, when_gone
from dashboard.components.basics.acting import act, refusals
from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.refreshing import Refreshing
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.components.sources.bodies import SourceBodies
from dashboard.components.sources.counts import SourceCounts
from dashboard.components.sources.drifts import SourceDrifts
from dashboard.components.sources.rotation import ask_for_move, ask_for_secret
from dashboard.components.sources.setup import SourceSetup
from dashboard.components.sources.state import platform_label, source_state
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from dashboard.pages.sources import PATH, source_of, visible_bodies
from engine import LABELS, Actor, Engine, NotFound, Permission, Source

R = TypeVar("R")
GONE = "This source is gone. Somebody deleted it."


def source_page(engine: Engine, style_url: str) -> None:
    @ui.page(f"{PATH}/{{source_id}}", title="Source · Trigger Hooks")
    async def page(request: Request, source_id: str) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.MANAGE_SOURCES, PATH, style_url):
            return None
        source = await source_of(engine, who, source_id)
        if source is None:
            with frame(who, style_url, "Source", PATH):
                Text("h1", "Not found")
                Text("p", "There is no source here. Somebody may have deleted it.", "th-muted")
            return None
        with frame(who, style_url, source.settings.name, PATH):
            view = _Source(engine, who, source)
        await view.refresh()
        view.follow()
        return None


class _Source:
    def __init__(self, engine: Engine, who: Visitor, source: Source) -> None:
        self._engine, self._who, self._source = engine, who, source
        self._client = ui.context.client
        with ui.element("div") as self._page:
            with ui.element("div").classes("th-head"):
                with ui.element("div"):
                    back = Text("a", "Sources", "th-back")
                    back.props["href"] = PATH
                    self._title = Text("h1", source.settings.name)
                    Text("p", _about(source, engine), "th-muted")
                    self._state = ui.element("p").classes("th-source-state")
                    self._state.props["role"] = "status"
                with ui.element("div").classes("th-head-buttons"):
                    plain_button("Send sample", self._send_sample, "is-main")
                    if engine.sources.platforms[source.settings.platform].has_mapping:
                        plain_button("Mapping", self._open_mapping)
                    plain_button("Rotate secret", self._ask_for_secret)
                    plain_button("Rotate address", self._ask_for_move)
                    self._switch = plain_button("", self._turn)
                    plain_button("Delete", self._ask_to_delete, "is-bad")
            self._drifts = SourceDrifts(engine)
            self._counts = SourceCounts()
            with ui.element("div").classes("th-source-columns"):
                self._setup = SourceSetup(source, engine.sources.address_of(source))
                with section_card("Last bodies", "What was let in: with a valid signature, wherever one is asked for."):
                    self._bodies = SourceBodies(engine.catalogue.label)

    @property
    def is_deleted(self) -> bool:
        return self._page.is_deleted

    def follow(self) -> None:
        refreshing = Refreshing(self)

        def came(source_id: int) -> None:
            if source_id == self._source.id:
                refreshing.soon()

        when_gone(self._client, self._engine.sources.subscribe(refreshing.soon))
        when_gone(self._client, self._engine.sources.subscribe_received(came))
        when_gone(self._client, self._engine.drift.subscribe(refreshing.soon))

    async def refresh(self) -> None:
        actor, sources = self._who.actor, self._engine.sources
        try:
            self._source = source = await sources.get(self._source.id, actor=actor)
            received = await sources.received(source.id, actor=actor)
        except NotFound:
            with self._page:
                toast(GONE, "bad")
                ui.navigate.to(PATH)
            return
        bodies = await visible_bodies(self._engine, actor, source.id, received.bodies)
        if self.is_deleted:
            return
        self._show_state(source)
        self._drifts.show(self._engine.drift.of(source.id))
        self._counts.show(received.counts, datetime.now(UTC))
        self._setup.show(source, self._engine.sources.address_of(source))
        self._bodies.show(bodies)

    def _show_state(self, source: Source) -> None:
        self._switch.text = "Switch off" if source.settings.enabled else "Switch on"
        self._state.clear()
        with self._state:
            source_state(source)

    def _open_mapping(self) -> None:
        with self._page:
            ui.navigate.to(f"{PATH}/{self._source.id}/mapping")

    async def _send_sample(self) -> None:
        receipts = await self._act(lambda actor: self._engine.reception.send_sample(self._source.id, actor=actor))
        if receipts is None:
            return
        with self._page:
            if receipts:
                ui.navigate.to(event_address(receipts[0].id))
            else:
                toast(
                    "The sample becomes no event: it is not mapped, or of a type that this source may not send.", "bad"
                )

    def _ask_for_secret(self) -> None:
        async def roll(secret: str, overlap: timedelta) -> Mapping[str, str]:
            return await refusals(
                self._who.now,
                lambda actor: self._engine.sources.roll(self._source.id, secret, overlap, actor=actor),
            )

        with self._page:
            ask_for_secret(self._source, roll)

    def _ask_for_move(self) -> None:
        async def move(overlap: timedelta) -> Mapping[str, str]:
            return await refusals(
                self._who.now, lambda actor: self._engine.sources.roll_address(self._source.id, overlap, actor=actor)
            )

        with self._page:
            ask_for_move(self._source, move)

    async def _turn(self) -> None:
        wanted = {"enabled": not self._source.settings.enabled}
        await self._act(lambda actor: self._engine.sources.change(self._source.id, wanted, actor=actor))

    def _ask_to_delete(self) -> None:
        def go() -> None:
            later(self._delete(), name="delete a source")

        with self._page:
            confirm(
                f"Delete “{self._source.settings.name}”?",
                "Its address takes nothing more. Events that came from it stay.",
                stay="Keep it",
                go="Delete",
                on_go=go,
            )

    async def _delete(self) -> None:
        await self._act(lambda actor: self._engine.sources.delete(self._source.id, actor=actor))

    async def _act(self, change: Callable[[Actor], Awaitable[R]]) -> R | None:
        return await act(self._who.now, change, within=self._page, back=f"{PATH}/{self._source.id}")


def _about(source: Source, engine: Engine) -> str:
    types = ", ".join(engine.catalogue.label(type) for type in sorted(source.settings.types)) or "all types"
    return f"{platform_label(source)} · events as {LABELS[source.settings.role]} · {types}"
