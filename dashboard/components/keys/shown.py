"""A newly created key, shown once with a command to try it."""

import shlex
from itertools import islice

import orjson
from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.dialogs import small_dialog
from dashboard.components.basics.text import Text
from engine import ApiKey, Catalogue, Scope

EXAMPLE = "call.ended"
MOST_FIELDS = 3


def show_key(key: ApiKey, plain: str, line: str) -> None:
    """Closes only by its button, so that a click beside it does not lose the key."""
    about = "Copy it now: it is shown this once, and kept only as a hash."
    heading = f"The key “{key.settings.name}”"
    with small_dialog("The key", about, heading=heading, look="th-key-shown", persistent=True) as dialog:
        _to_copy(plain, "Copy key", "key")
        if line:
            Text("p", "To try it:", "th-hint")
            _to_copy(line, "Copy curl", "curl")
        with ui.element("div").classes("th-buttons"):
            button("I have it", dialog.close, "is-main")


def line_of(key: ApiKey, plain: str, url: str, catalogue: Catalogue) -> str:
    """A command line that this key may run; empty if it can only manage."""
    scopes = key.settings.scopes or frozenset()
    header = shlex.join(["-H", f"Authorization: Bearer {plain}"])
    if Scope.INGEST in scopes:
        type = min(key.settings.types, default=EXAMPLE)
        known = catalogue.by_name.get(type)
        data = dict(islice(known.sample.items(), MOST_FIELDS)) if known else {}
        body = orjson.dumps({"type": type, "data": data}).decode()
        return f"curl {url}/api/v1/events \\\n  {header} \\\n  {shlex.join(['-d', body])}"
    return f"curl {url}/api/v1/hooks \\\n  {header}" if Scope.READ in scopes else ""


def _to_copy(text: str, label: str, mark: str) -> None:
    with ui.element("div").classes("th-key-copy"):
        shown = Text("pre", text, "th-json").mark(mark)
        shown.props["tabindex"] = "0"
        CopyButton(label, text)
