"""Paste cURL: turns a command line into an action, and lists what could not be imported."""

from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui

from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import small_dialog
from dashboard.components.basics.field import FormField, text_area
from dashboard.curl.command import NotCurl
from dashboard.curl.reader import read_curl
from engine import Json, Request, is_reserved_header, is_secret_name

_HINT: Final = (
    "As curl's pages have it, or as a browser copies it (bash or cmd). It fills in method, URL, headers and body."
)


def paste_curl(on_take: Callable[[dict[str, Json], tuple[str, ...]], None]) -> None:
    """Asks for a command; `on_take` receives the action's fields, and what was left out."""
    with small_dialog("Paste cURL", look="th-why") as dialog:
        field = FormField("curl", "Command", hint=_HINT)
        area = text_area(field, "", placeholder="curl https://api.example.com/leads -H 'Authorization: Bearer …'")
        area.props("autofocus spellcheck=false").classes("is-mono")

        def take() -> None:
            try:
                action, left_out = action_of(str(area.value or ""))
            except NotCurl as error:
                field.show(str(error))
                return
            dialog.close()
            on_take(action, left_out)

        with ui.element("div").classes("th-buttons"):
            button("Cancel", dialog.close, "is-quiet")
            button("Take it", take, "is-main")


def action_of(command: str) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Method, URL, headers and body, and sentences about what was left out. Raises NotCurl."""
    taken = read_curl(command)
    request, left_out = taken.request, list(taken.left_out)
    if ours := [name for name in request.headers if is_reserved_header(name)]:
        left_out.append(f"{_listed(ours)} {'is' if len(ours) == 1 else 'are'} set by Trigger Hooks at every call.")
    headers = _headers(request)
    action = {
        "method": str(request.method),
        "url": request.url,
        "headers": headers,
        "secret_headers": [name for name in headers if is_secret_name(name)],
        "body": request.body,
    }
    return action, tuple(left_out)


def _headers(request: Request) -> Mapping[str, str]:
    """Headers that an action may set. Without a body, a content type is dropped."""
    return {
        name: value
        for name, value in request.headers.items()
        if not is_reserved_header(name) and not (request.body is None and name.lower() == "content-type")
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
