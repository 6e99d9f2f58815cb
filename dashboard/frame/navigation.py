"""Navigation: beside the content, or at the bottom on a phone, where all but the first few are under More."""

from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text
from engine import Actor, Permission, may

FIRST = 4
"""So many fit along the foot of a phone, beside More."""
MORE = "th-nav-more"


class PageLink(NamedTuple):
    path: str
    name: str
    icon: str
    permission: Permission


PAGES = (
    PageLink("/", "Hooks", "webhook", Permission.VIEW),
    PageLink("/events", "Events", "bolt", Permission.VIEW),
    PageLink("/executions", "Executions", "receipt_long", Permission.VIEW),
    PageLink("/tasks", "Tasks", "task_alt", Permission.VIEW),
    PageLink("/leads", "Leads", "contacts", Permission.VIEW),
    PageLink("/analytics", "Analytics", "insights", Permission.VIEW),
    PageLink("/sources", "Sources", "move_to_inbox", Permission.MANAGE_SOURCES),
    PageLink("/settings", "Settings", "tune", Permission.VIEW),
    PageLink("/people", "People", "group", Permission.ADMINISTER),
    PageLink("/keys", "API keys", "vpn_key", Permission.ADMINISTER),
    PageLink("/audit", "Audit log", "history", Permission.ADMINISTER),
)


class Navigation(Element):
    def __init__(self, actor: Actor, here: str) -> None:
        super().__init__("nav")
        self.classes("th-nav").props["aria-label"] = "Pages"
        pages = [page for page in PAGES if may(actor, page.permission)]
        with self:
            for page in pages:
                _link(page, here)
            with ui.element("button").classes("th-nav-button") as more:
                more.props.update({"type": "button", "popovertarget": MORE})
                _icon_and_label("More", "more_horiz")
            if here in {page.path for page in pages[FIRST:]}:
                more.classes("is-here")
            with ui.element("div").classes("th-nav-rest") as rest:
                rest.props.update({"id": MORE, "popover": "auto"})
                for page in pages[FIRST:]:
                    _link(page, here)


def _link(page: PageLink, here: str) -> None:
    with ui.element("a") as link:
        link.props["href"] = page.path
        _icon_and_label(page.name, page.icon)
    if page.path == here:
        link.props["aria-current"] = "page"


def _icon_and_label(name: str, icon: str) -> None:
    ui.icon(icon).props["aria-hidden"] = "true"
    Text("span", name)
