"""What dialogs share: who acts now, a question before something is lost, and a short message when it is done."""

from collections.abc import Awaitable, Callable
from typing import Literal

from nicegui import ui

from dashboard.components.basics.text import Text
from engine import Actor

ActorNow = Callable[[], Awaitable[Actor | None]]


def actor_now(actor: Actor | ActorNow) -> ActorNow:
    """A way to ask, also where there is but one answer."""
    if not isinstance(actor, Actor):
        return actor

    async def same() -> Actor | None:
        return actor

    return same


def confirm(title: str, text: str, *, stay: str, go: str, on_go: Callable[[], None]) -> None:
    with ui.dialog() as dialog, ui.element("div").classes("ti-confirm"):
        dialog.props["aria-label"] = title
        Text("h2", title, "ti-title")
        Text("p", text, "ti-hint")

        def leave() -> None:
            dialog.close()
            on_go()

        with ui.element("div").classes("ti-buttons"):
            button(stay, dialog.close).props("autofocus")
            button(go, leave, "is-bad")
    dialog.on("hide", dialog.delete, [])
    dialog.open()


def toast(message: str, kind: Literal["good", "bad"]) -> None:
    ui.notify(message, position="bottom", classes=f"ti-toast is-{kind}", timeout=4000, close_button=False)


def button(label: str, on_click: Callable[[], object], look: str = "") -> ui.button:
    """`look` is empty, `is-main`, `is-bad` or `is-quiet`."""
    made = ui.button(label, on_click=on_click, color=None)
    return made.props("unelevated no-caps :ripple=false").classes(f"ti-button {look}")
