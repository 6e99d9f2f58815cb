"""`/keys`: API keys, for Admins: created, rotated and revoked here, each shown once."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later
from dashboard.components.basics.acting import act
from dashboard.components.basics.buttons import button, plain_button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.dialogs import confirm, small_dialog, toast
from dashboard.components.basics.text import Text
from dashboard.components.keys.form import KeyForm
from dashboard.components.keys.list import KeyList
from dashboard.components.keys.shown import line_of, show_key
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from engine import Actor, ApiKey, Engine, InvalidKey, InvalidQuery, Json, Page, Permission

PATH: Final = "/keys"
OVERLAPS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "0": ("It ends now", timedelta(0)),
    "1": ("For another hour", timedelta(hours=1)),
    "24": ("For another 24 hours", timedelta(days=1)),
    "168": ("For another 7 days", timedelta(days=7)),
}
T = TypeVar("T")


def keys_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="API keys · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.ADMINISTER, PATH, style_url):
            return None
        view = _Keys(engine, who, request.query_params.get("cursor"))
        try:
            found = await view.find(who.actor)
        except InvalidQuery:
            return RedirectResponse(PATH, 303)
        with frame(who, style_url, "API keys", PATH):
            view.build()
        view.list.show(found, datetime.now(UTC))
        return None


class _Keys:
    def __init__(self, engine: Engine, who: Visitor, cursor: str | None) -> None:
        self._engine, self._who, self._cursor = engine, who, cursor

    async def find(self, actor: Actor) -> Page[ApiKey]:
        return await self._engine.keys.page(actor=actor, cursor=self._cursor)

    def build(self) -> None:
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                Text("h1", "API keys")
                Text("p", "What programs call with. A key's role is the role of the events that it sends.", "th-muted")
            plain_button("New key", self._new, "is-main is-add")
        with ui.element("div").classes("th-card") as self._place:
            self.list = KeyList(on_roll=self._ask_to_roll, on_revoke=self._ask_to_revoke)

    def _new(self) -> None:
        with self._place:
            KeyForm(self._make).open()

    async def _make(self, raw: Mapping[str, Json]) -> Mapping[str, str] | None:
        problems: dict[str, str] = {}

        async def make(actor: Actor) -> tuple[ApiKey, str] | None:
            try:
                return await self._engine.keys.create(raw, actor=actor)
            except InvalidKey as error:
                problems.update(error.problems)
                return None

        created = await self._change(make)
        if created:
            await self._show(*created)
        return problems or None

    def _ask_to_roll(self, key: ApiKey) -> None:
        chosen = "24"

        def choose(value: str) -> None:
            nonlocal chosen
            chosen = value

        async def go() -> None:
            dialog.close()
            await self._roll(key, OVERLAPS[chosen][1])

        about = "A new key of the same settings takes its place. How long does the old one still work?"
        heading = f"Roll “{key.settings.name}”?"
        with self._place, small_dialog("Roll the key", about, heading=heading) as dialog:
            options = [Option(value=value, label=label) for value, (label, _) in OVERLAPS.items()]
            Combobox(options, value=chosen, label="How long the old key still works", on_change=choose)
            with ui.element("div").classes("th-buttons th-key-roll"):
                button("Cancel", dialog.close)
                button("Roll", go, "is-main")

    async def _roll(self, key: ApiKey, overlap: timedelta) -> None:
        created = await self._change(lambda actor: self._engine.keys.roll(key.id, overlap, actor=actor))
        if created:
            await self._show(*created)

    def _ask_to_revoke(self, key: ApiKey) -> None:
        def go() -> None:
            later(self._revoke(key), name="revoke a key")

        with self._place:
            confirm(
                f"Revoke “{key.settings.name}”?",
                "Whatever calls with it is refused from now on. This cannot be undone.",
                stay="Keep it",
                go="Revoke",
                on_go=go,
            )

    async def _revoke(self, key: ApiKey) -> None:
        if await self._change(lambda actor: self._engine.keys.revoke(key.id, actor=actor)):
            with self._place:
                toast(f"“{key.settings.name}” is revoked.", "good")

    async def _show(self, key: ApiKey, plain: str) -> None:
        line = line_of(key, plain, self._engine.settings.public_url, self._engine.catalogue)
        with self._place:
            show_key(key, plain, line)

    async def _change(self, change: Callable[[Actor], Awaitable[T]]) -> T | None:
        """Shows the current keys."""

        async def change_and_look(actor: Actor) -> tuple[T, Page[ApiKey]]:
            return await change(actor), await self.find(actor)

        both = await act(self._who.now, change_and_look, within=self._place, back=PATH)
        if both is None:
            return None
        done, found = both
        self.list.show(found, datetime.now(UTC))
        return done
