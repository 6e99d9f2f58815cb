"""The secret that a hook signs with: hidden until it is asked for, and changed after a question."""

from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui

from dashboard.components.basics.dialogs import ActorNow, button, confirm, toast
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.sections import section
from engine import Actor, Engine, TriggerHooksError

HIDDEN = "whsec_" + "•" * 24


class SecretSection:
    def __init__(self, engine: Engine, hook_id: int, actor: ActorNow) -> None:
        self._engine, self._hook_id, self._actor = engine, hook_id, actor
        about = "Receivers verify the webhook-signature header with it, by any library for Standard Webhooks."
        with section("Signing secret", about), ui.element("div").classes("ti-secret") as self._box:
            self._secret = Text("code", HIDDEN, "ti-secret-value")
            self._secret.props["aria-label"] = "Signing secret"
            with ui.element("div").classes("ti-buttons"):
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
            background_tasks.create(self._rotate(), name="rotate a signing secret")

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
        actor = await self._actor()
        if actor is None:
            toast("You are signed out. Sign in again first.", "bad")
            return
        try:
            self._reveal(await secret(actor))
        except TriggerHooksError as error:
            toast(str(error), "bad")

    def _reveal(self, text: str) -> None:
        self._secret.text = text
        self._show.text = "Show" if text == HIDDEN else "Hide"
