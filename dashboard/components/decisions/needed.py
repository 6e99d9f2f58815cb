"""What would have to change for a hook to fire, a line each."""

from nicegui import ui

from dashboard.components.basics.prose import prose
from dashboard.components.basics.text import Text
from engine import Decision


def show_needed(decision: Decision) -> None:
    """Nothing where it fired."""
    if decision.needed:
        Text("h3", "What would have to change", "th-needed-head")
        with ui.element("ul").classes("th-needed"):
            for sentence in decision.needed:
                prose("li", sentence)
