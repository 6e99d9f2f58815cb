"""Pages limited to certain roles: others are told who has access, and the audit log records it."""

from http import HTTPStatus

from nicegui import ui

from dashboard.components.basics.text import Text
from dashboard.entrance.session import Visitor
from dashboard.frame.page import frame
from engine import LABELS, Permission, Refused, require, who_may


def allowed(who: Visitor, permission: Permission, path: str, style_url: str) -> bool:
    """If False, the page being built has become the refusal, with status 403."""
    try:
        require(who.actor, permission, f"page {path}")
    except Refused:
        ui.context.client.status_code = HTTPStatus.FORBIDDEN
    else:
        return True
    with frame(who, style_url, "Not for your role", path), ui.element("div").classes("th-head"), ui.element("div"):
        Text("h1", "Not for your role")
        Text("p", _words(who, permission), "th-muted")
        Text("a", "To the hooks", "th-button is-main").props["href"] = "/"
    return False


def _words(who: Visitor, permission: Permission) -> str:
    people = [f"{LABELS[role]}s" for role in who_may(permission)]
    return (
        f"{' and '.join(people)} may open this page. You are signed in as {LABELS[who.actor.role]}; "
        "an Admin can give you another role."
    )
