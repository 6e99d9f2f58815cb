"""`/`: the hook table, the first steps, and the live feed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later, when_gone
from dashboard.components.basics.acting import act
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.refreshing import Refreshing
from dashboard.components.basics.search_words import sealed_address, words_of
from dashboard.components.basics.text import Text
from dashboard.components.basics.undo import offer_undo
from dashboard.components.feed.feed import ExecutionFeed
from dashboard.components.hook_form.form import HookForm
from dashboard.components.hook_table.getting_started import GettingStarted
from dashboard.components.hook_table.query import read_query
from dashboard.components.hook_table.table import HookTable
from dashboard.components.test_dialog.dialog import TestDialog
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.page import frame
from dashboard.live import Hub
from engine import Actor, Engine, Json, Permission, ReplayOf, Role, TriggerHooksError, may

R = TypeVar("R")


def hooks_page(engine: Engine, hub: Hub, style_url: str) -> None:
    @ui.page("/", title="Hooks · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if elsewhere := sealed_address(engine, request):
            return elsewhere
        await _HooksPage(engine, hub, who).build(words_of(engine, request), style_url)
        return None


class _HooksPage:
    def __init__(self, engine: Engine, hub: Hub, who: Visitor) -> None:
        self._engine, self._hub, self._who = engine, hub, who
        self._permissions = frozenset(one for one in Permission if may(who.actor, one))

    async def build(self, words: Mapping[str, Any], style_url: str) -> None:
        manage = Permission.MANAGE_HOOKS in self._permissions
        stats, history = await self._engine.hooks.stats(), await self._hub.history(self._who.actor)
        with frame(self._who, style_url, "Hooks", "/"):
            self._form = HookForm(self._engine, self._who.now)
            self._tests = TestDialog(self._engine, self._who.now)
            with ui.element("div").classes("th-head"):
                with ui.element("div"):
                    Text("h1", "Trigger Hooks")
                    Text("p", "When an event comes in and everything holds, call an address.", "th-muted")
                if manage:
                    plain_button("Add New Hook", lambda: self._form.open(None), "is-main is-add")
            with ui.element("div").classes("th-columns") as self._page:
                with ui.element("div").classes("th-column"):
                    self._start = self._first_steps(seen=bool(history))
                    sight = self._engine.sensitive.sight(self._who.actor)
                    self._table = HookTable(self._engine, read_query(words), stats, sight, manage=manage, act=self._act)
                ExecutionFeed(self._hub, history, self._who.actor)
        self._follow()

    def _first_steps(self, *, seen: bool) -> GettingStarted:
        return GettingStarted(
            self._engine,
            self._permissions,
            seen=seen,
            start=lambda template: self._form.open(None, template),
            make_key=self._make_key,
        )

    def _follow(self) -> None:
        """Changed hooks show immediately, their hits at most once a second."""
        self._refreshing = Refreshing(self._table)
        leaves = (
            self._engine.hooks.subscribe(self._hooks_changed),
            self._engine.feed.join(lambda _: self._refreshing.soon())[1],
        )

        def leave() -> None:
            for one in leaves:
                one()

        when_gone(ui.context.client, leave)

    def _hooks_changed(self) -> None:
        self._refreshing.at_once()
        self._start.set_hooks(len(self._engine.hooks.all()))

    async def _act(self, name: str, hook_id: int, value: Any) -> None:
        if name == "add":
            self._form.open(None)
        elif name == "edit":
            self._form.open(hook_id)
        elif name == "test":
            self._tests.open(hook_id)
        elif name == "delete":
            self._ask_to_delete(hook_id)
        elif name == "enable":
            await self._change(lambda actor: self._engine.hooks.set_enabled(hook_id, value is True, actor=actor))
        elif name == "promote":
            await self._promote(hook_id)
        elif name == "unpark":
            await self._unpark(hook_id)
        elif name == "duplicate":
            copy = await self._change(lambda actor: self._engine.hooks.duplicate(hook_id, actor=actor))
            if copy:
                self._form.open(copy.id)

    async def _promote(self, hook_id: int) -> None:
        hook = await self._change(lambda actor: self._engine.hooks.set_shadow(hook_id, False, actor=actor))
        if hook:
            with self._page:
                toast(f"“{hook.definition.title}” is out of shadow: it sends from now on.", "good")

    async def _unpark(self, hook_id: int) -> None:
        query: dict[str, Json] = {"status": ReplayOf.PARKED, "hook_id": hook_id}
        replay = await self._change(lambda actor: self._engine.replays.begin(query, actor=actor))
        if replay:
            with self._page:
                toast(f"{replay.total:,} parked executions are being sent, a few at a time.", "good")

    def _ask_to_delete(self, hook_id: int) -> None:
        try:
            title = self._engine.hooks.get(hook_id).definition.title
        except TriggerHooksError as error:
            toast(str(error), "bad")
            return

        async def restore() -> None:
            await self._change(lambda actor: self._engine.hooks.restore(hook_id, actor=actor))

        async def delete() -> None:
            if await self._change(lambda actor: self._engine.hooks.delete(hook_id, actor=actor)):
                with self._page:
                    offer_undo(f"“{title}” is deleted.", restore)

        def go() -> None:
            later(delete(), name="delete a hook")

        confirm(
            f"Delete “{title}”?",
            "It stops at once. Its executions stay, and you can undo this.",
            stay="Keep it",
            go="Delete",
            on_go=go,
        )

    async def _change(self, change: Callable[[Actor], Awaitable[R]]) -> R | None:
        done = await act(self._who.now, change, within=self._page, back="/")
        if done is None:
            await self._table.refresh()
        return done

    async def _make_key(self) -> str | None:
        async def make(actor: Actor) -> str:
            _, key = await self._engine.keys.create({"name": "First steps", "role": Role.AGENT}, actor=actor)
            return key

        return await self._change(make)
