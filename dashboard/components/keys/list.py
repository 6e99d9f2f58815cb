"""The list of API keys: their permissions, last use, and state."""

from collections.abc import Callable
from datetime import datetime

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.text import Text
from engine import LABELS, ApiKey, Page, Scope, why_ended

SHORT = {Scope.INGEST: "sends", Scope.READ: "reads", Scope.MANAGE: "manages", Scope.PEOPLE: "people"}
MOST_TYPES = 3


class KeyList(Element):
    def __init__(self, *, on_roll: Callable[[ApiKey], None], on_revoke: Callable[[ApiKey], None]) -> None:
        super().__init__("div")
        self._on_roll, self._on_revoke = on_roll, on_revoke

    def show(self, page: Page[ApiKey], now: datetime) -> None:
        self.clear()
        with self:
            if not page.items:
                Text("p", "There is no key yet. A program needs one to send events.", "th-muted th-empty")
                return
            with ui.element("table").classes("th-table th-runs th-keys"):
                with ui.element("thead"), ui.element("tr"):
                    for name in ("Key", "May", "Bounds", "Last used", "State", ""):
                        Text("th", name).props["scope"] = "col"
                with ui.element("tbody"):
                    for key in page.items:
                        self._row(key, why_ended(key, now))
            if page.next:
                with ui.element("div").classes("th-pager"):
                    Text("a", "Older", "th-button").props["href"] = f"/keys?cursor={page.next}"

    def _row(self, key: ApiKey, ended: str | None) -> None:
        settings = key.settings
        with ui.element("tr").classes("is-off" if ended else "").mark(f"key-{key.id}"):
            with ui.element("td"):
                Text("b", settings.name, "th-title")
                Text("code", f"{key.prefix}_…", "th-key-prefix")
            with _cell("May"):
                Text("span", LABELS[settings.role])
                Text("small", ", ".join(SHORT[scope] for scope in Scope if scope in (settings.scopes or ())))
            with _cell("Bounds"):
                Text("span", f"{settings.rate:,} a minute" if settings.rate else "Usual rate")
                Text("small", _types(settings.types))
            with _cell("Last used"):
                if key.last_used_at:
                    Moment(key.last_used_at.isoformat())
                    Text("small", key.last_used_from)
                else:
                    Text("span", "Never", "th-muted")
            with _cell("State"):
                _state(key, ended)
            with ui.element("td").classes("th-key-actions"):
                if ended is None:
                    plain_button("Roll", lambda: self._on_roll(key), "is-small", name=f"Roll {settings.name}")
                    plain_button("Revoke", lambda: self._on_revoke(key), "is-small", name=f"Revoke {settings.name}")


def _cell(label: str) -> Element:
    cell = ui.element("td").classes("th-key-cell")
    cell.props["data-label"] = label
    return cell


def _types(types: frozenset[str]) -> str:
    if not types:
        return "all event types"
    shown = sorted(types)[:MOST_TYPES]
    more = len(types) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _state(key: ApiKey, ended: str | None) -> None:
    if key.revoked_at is not None:
        Text("span", "Revoked", "th-chip is-failed")
        Moment(key.revoked_at.isoformat())
    elif key.settings.expires_at is not None:
        Text("span", "Has ended" if ended else "Works until", f"th-chip {'' if ended else 'is-retrying'}")
        Moment(key.settings.expires_at.isoformat())
    else:
        Text("span", "Works", "th-chip is-succeeded")
