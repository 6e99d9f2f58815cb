"""A bar that confirms an action and offers to undo it for a while."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.text import Text

SECONDS = 10.0


def offer_undo(message: str, undo: Callable[[], Awaitable[object]]) -> None:
    """Call within a slot of the page."""
    with ui.element("div").classes("th-undo") as bar:
        bar.props["role"] = "status"
        Text("span", message)

        async def on_click() -> None:
            bar.delete()
            await undo()

        plain_button("Undo", on_click, "is-small")
        ui.timer(SECONDS, bar.delete, once=True)
