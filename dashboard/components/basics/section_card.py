"""A page section on its own card, labelled by its heading."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.text import Text


def section_card(title: str, about: str = "") -> Element:
    """Yields for the rest of the content."""
    with ui.element("section").classes("th-card th-section") as card:
        heading = Text("h2", title)
        if about:
            Text("p", about, "th-muted")
    heading.props["id"] = f"th-{heading.id}"
    card.props["aria-labelledby"] = heading.props["id"]
    return card
