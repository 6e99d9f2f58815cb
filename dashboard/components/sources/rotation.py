"""Dialogs for a new secret or a new address, while the old one is accepted for some time still."""

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


Move = Callable[[timedelta], Awaitable[Mapping[str, str]]]
"""Takes how long the old address works; returns problems by field."""


def ask_for_secret(source: Source, roll: Roll) -> None:
    """Call within a slot of the page."""

    async def go() -> None:
        problems = await roll(box.value or "", overlap.chosen)
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
        overlap = _Overlap("The old secret", "How long the old secret still works")
        _buttons(dialog, go)


def ask_for_move(source: Source, move: Move) -> None:
    """Call within a slot of the page."""

    async def go() -> None:
        problems = await move(overlap.chosen)
        overlap.show(" ".join(problems.values()) or None)
        if not problems:
            dialog.close()

    about = "Paste the new address into the platform. Both are accepted meanwhile; if the old one is known, end it now."
    heading = f"Rotate the address of “{source.settings.name}”"
    with small_dialog("Rotate the address", about, heading=heading, look="th-dialog") as dialog:
        overlap = _Overlap("The old address", "How long the old address still works")
        _buttons(dialog, go)


class _Overlap(FormField):
    def __init__(self, label: str, question: str) -> None:
        super().__init__("overlap", label, caption="span")
        self._chosen = next(iter(OVERLAPS))
        with self.inside:
            options = [Option(value=value, label=words) for value, (words, _) in OVERLAPS.items()]
            Combobox(options, value=self._chosen, label=question, on_change=self._choose)

    @property
    def chosen(self) -> timedelta:
        return OVERLAPS[self._chosen][1]

    def _choose(self, value: str) -> None:
        self._chosen = value


def _buttons(dialog: ui.dialog, go: Callable[[], Awaitable[None]]) -> None:
    with ui.element("div").classes("th-buttons th-source-roll"):
        button("Cancel", dialog.close)
        button("Rotate", go, "is-main")
