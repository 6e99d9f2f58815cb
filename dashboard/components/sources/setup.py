"""What to do at the platform: where to click, the address to paste, and whether the first request arrived."""

from datetime import UTC, datetime

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from engine import GUIDES, Source

LOST = "The address cannot be shown, since the key that sealed it is lost; it still works. A new source has a new one."
UNSIGNED = "No secret is set: whatever reaches the address is taken. Keep it to yourself, or rotate to a secret."


class SourceSetup(Element):
    """`address` is None if the key that sealed it is lost."""

    def __init__(self, source: Source, address: str | None) -> None:
        super().__init__("div")
        guide = GUIDES[source.settings.platform]
        with (
            self,
            section_card(f"Set it up in {guide.label}" if source.settings.platform != "generic" else "Set it up"),
        ):
            self._address, self._place = address, ui.element("div")
            self._show_address()
            with ui.element("ol").classes("th-source-steps"):
                for step in guide.steps:
                    Text("li", step)
            self._state = ui.element("ul").classes("th-source-checks")
        self.show(source, address)

    def show(self, source: Source, address: str | None) -> None:
        if address != self._address:
            self._address = address
            self._show_address()
        self._state.clear()
        with self._state:
            _secret(source)
            if source.previous_token_until and source.previous_token_until > datetime.now(UTC):
                with _check("The previous address works until", done=False):
                    Moment(source.previous_token_until.isoformat())
            first = source.last_received_at
            with _check("Last request that was let in" if first else "Waiting for the first request", first):
                if first:
                    Moment(first.isoformat())

    def _show_address(self) -> None:
        self._place.clear()
        with self._place:
            if self._address is None:
                Text("p", LOST, "th-problem")
                return
            with ui.element("div").classes("th-source-address"):
                Text("code", self._address).mark("address")
                CopyButton("Copy", self._address)


def _secret(source: Source) -> None:
    signed_by = GUIDES[source.settings.platform].signed_by
    if source.secret:
        with _check(f"Set and encrypted: {signed_by}", done=True):
            if source.previous_secret and source.previous_until:
                Text("span", "the previous one works until", "th-muted")
                Moment(source.previous_until.isoformat())
    elif source.settings.platform == "highlevel":
        with _check("Verified by the key that HighLevel publishes", done=True):
            pass
    else:
        with _check(UNSIGNED, done=False):
            pass


def _check(words: str, done: datetime | bool | None) -> Element:
    """Yields for more beside the words."""
    item = ui.element("li").classes("is-done" if done else "")
    with item:
        Text("span", words)
    return item
