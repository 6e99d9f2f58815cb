"""What must change for a hook to fire, one line each."""

from nicegui import ui

from dashboard.components.basics.prose import prose
from dashboard.components.basics.text import Text
from engine import Decision


def show_needed(decision: Decision) -> None:
    """Empty if it fired."""
    if decision.needed:
        Text("h3", "What would have to change", "th-needed-head")
        with ui.element("ul").classes("th-needed"):
            for sentence in decision.needed:
                prose("li", sentence)
