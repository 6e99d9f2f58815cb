"""The hook's signing secret: hidden until revealed, and rotated after a confirmation."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from dashboard.clients import later
from dashboard.components.basics.acting import ActorNow, refusals
from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.sections import section
from engine import Actor, Engine

HIDDEN = "whsec_" + "•" * 24


class SecretSection:
    def __init__(self, engine: Engine, hook_id: int, actor: ActorNow) -> None:
        self._engine, self._hook_id, self._actor = engine, hook_id, actor
        about = "Receivers verify the webhook-signature header with it, by any library for Standard Webhooks."
        with section("Signing secret", about), ui.element("div").classes("th-secret") as self._box:
            self._secret = Text("code", HIDDEN, "th-secret-value")
            self._secret.props["aria-label"] = "Signing secret"
            with ui.element("div").classes("th-buttons"):
                self._show = button("Show", self._on_show, "is-small")
                button("Rotate", self._on_rotate, "is-small")

    async def _on_show(self) -> None:
        if self._secret.text != HIDDEN:
            self._reveal(HIDDEN)
            return

        async def show(actor: Actor) -> str:
            return await self._engine.hooks.show_secret(self._hook_id, actor=actor)

        await self._ask(show)

    def _on_rotate(self) -> None:
        def go() -> None:
            later(self._rotate(), name="rotate a signing secret")

        confirm(
            "Rotate the signing secret?",
            "A new one is made. For 24 hours requests bear both signatures, so that receivers can change over.",
            stay="Keep it",
            go="Rotate",
            on_go=go,
        )

    async def _rotate(self) -> None:
        with self._box:
            await self._ask(lambda actor: self._engine.hooks.rotate_secret(self._hook_id, actor=actor))

    async def _ask(self, secret: Callable[[Actor], Awaitable[str]]) -> None:
        async def reveal(actor: Actor) -> None:
            self._reveal(await secret(actor))

        for problem in (await refusals(self._actor, reveal)).values():
            toast(problem, "bad")

    def _reveal(self, text: str) -> None:
        self._secret.text = text
        self._show.text = "Show" if text == HIDDEN else "Hide"
