"""A dialog for a new secret, while the old one is accepted for some time still."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.dialogs import small_dialog
from dashboard.components.basics.field import FormField, text_input
from engine import GUIDES, Source

OVERLAPS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "24": ("For another 24 hours", timedelta(days=1)),
    "1": ("For another hour", timedelta(hours=1)),
    "168": ("For another 7 days", timedelta(days=7)),
    "0": ("It ends now", timedelta(0)),
}

Roll = Callable[[str, timedelta], Awaitable[Mapping[str, str]]]
"""Takes the new secret, and how long the old one works; returns problems by field."""


def ask_for_secret(source: Source, roll: Roll) -> None:
    """Call within a slot of the page."""
    chosen = "24"

    def choose(value: str) -> None:
        nonlocal chosen
        chosen = value

    async def go() -> None:
        problems = await roll(box.value or "", OVERLAPS[chosen][1])
        if problems:
            field.show(" ".join(problems.values()))
        else:
            dialog.close()

    about = "Enter the new secret here, then at the platform. Both are accepted meanwhile."
    heading = f"Rotate the secret of “{source.settings.name}”"
    with small_dialog("Rotate the secret", about, heading=heading, look="th-dialog") as dialog:
        field = FormField("secret", "New secret", hint=GUIDES[source.settings.platform].signed_by)
        box = text_input(field, "")
        box.props("type=password autocomplete=new-password autofocus")
        overlap = FormField("overlap", "The old secret", caption="span")
        with overlap.inside:
            options = [Option(value=value, label=label) for value, (label, _) in OVERLAPS.items()]
            Combobox(options, value=chosen, label="How long the old secret still works", on_change=choose)
        with ui.element("div").classes("th-buttons th-source-roll"):
            button("Cancel", dialog.close)
            button("Rotate", go, "is-main")
