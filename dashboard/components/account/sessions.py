"""Your sessions, one row per browser; all but the current one can be ended."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from dashboard.entrance.device import device_in_words
from engine import Session

_HEADS: Final = ("Device", "Address", "Began", "Last seen", "Action")


class SessionsCard:
    """`this` is the id of the current session. `end` takes another session's id, or None for all others."""

    def __init__(self, this: str, end: Callable[[str | None], Awaitable[None]]) -> None:
        self._this, self._end = this, end
        with section_card("Where you are signed in"):
            with ui.element("table").classes("th-table th-runs"):
                with ui.element("thead"), ui.element("tr"):
                    for name in _HEADS:
                        Text("th", name).props["scope"] = "col"
                self._body = ui.element("tbody")
            self._others = plain_button("End all others", lambda: self._end(None), "is-small").mark("end-others")

    def show(self, sessions: Sequence[Session]) -> None:
        self._others.visible = len(sessions) > 1
        self._body.clear()
        with self._body:
            for session in sorted(sessions, key=lambda one: one.id != self._this):
                self._row(session)

    def _row(self, session: Session) -> None:
        device = device_in_words(session.device)
        with ui.element("tr") as row:
            row.props["data-testid"] = "session"
            with _cell("Device"):
                Text("span", device).props["title"] = session.device
            with _cell("Address"):
                Text("span", session.address or "This machine")
            for label, at in (("Began", session.created_at), ("Last seen", session.last_seen_at)):
                with _cell(label, "is-stamp"):
                    Moment(at.isoformat())
            with _cell("", "is-actions"):
                if session.id == self._this:
                    Text("span", "This one", "th-muted")
                else:
                    name = f"End the session of {device}, {session.address}"
                    end = plain_button("End", lambda: self._end(session.id), "is-small", name=name)
                    end.mark(f"end-{session.id}")


def _cell(label: str, classes: str = "") -> Element:
    cell = ui.element("td").classes(classes)
    if label:
        cell.props["data-label"] = label
    return cell
