"""A shared page: personal data is masked for every viewer until they choose to reveal it and are allowed to."""

from typing import Final

from nicegui import ui

from dashboard.components.basics.text import Text
from engine import Actor, Permission, may

MASKED: Final = "?masked=1"


def offer_to_show(actor: Actor, address: str) -> None:
    """`address` is the URL of the unmasked page."""
    with ui.element("p").classes("th-masked").props("role=note"):
        Text("span", "Phone numbers, e-mail addresses and the like are masked here.")
        if may(actor, Permission.SEE_SENSITIVE):
            Text("a", "Show them", "th-button is-small").props["href"] = address
