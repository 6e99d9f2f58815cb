"""Whether a source waits for its first request, receives, or is switched off."""

from nicegui import ui

from dashboard.components.basics.fact import Moment
from dashboard.components.basics.text import Text
from engine import GUIDES, Source


def source_state(source: Source) -> None:
    if not source.settings.enabled:
        Text("span", "Switched off", "th-chip is-plain")
    elif source.last_received_at is None:
        Text("span", "Waiting for the first request", "th-chip is-plain is-retrying")
    else:
        with ui.element("span").classes("th-chip is-plain is-succeeded"):
            Text("span", "Receiving")
    if source.last_received_at is not None:
        Moment(source.last_received_at.isoformat())


def platform_label(source: Source) -> str:
    return GUIDES[source.settings.platform].label
