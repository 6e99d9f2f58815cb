"""How leads are labelled and displayed, in the list and on their own page."""

from collections.abc import Mapping
from typing import Final

from nicegui import ui

from dashboard.components.basics.text import Text
from engine import LABELS, Lead, LeadStatus

_LOOKS: Final[Mapping[LeadStatus, str]] = {
    LeadStatus.NEW: "is-running",
    LeadStatus.CONTACTED: "is-running",
    LeadStatus.WORKING: "is-retrying",
    LeadStatus.QUALIFIED: "is-succeeded",
    LeadStatus.UNQUALIFIED: "is-cancelled",
    LeadStatus.WON: "is-succeeded",
    LeadStatus.LOST: "is-failed",
}


def called(lead: Lead) -> str:
    """The name, or whatever identifies the lead."""
    return lead.name or lead.key.partition(":")[2]


def status_chip(status: LeadStatus) -> None:
    Text("span", LABELS[status], f"th-chip {_LOOKS[status]}")


def score_bar(lead: Lead) -> None:
    """The number, and a bar with the same information: the progress to the threshold."""
    reached = lead.score.value >= lead.score.threshold
    with ui.element("span").classes("th-score is-reached" if reached else "th-score"):
        Text("b", str(lead.score.value))
        with ui.element("span").classes("th-score-bar") as bar:
            bar.props["aria-hidden"] = "true"
            ui.element("span").style(f"width: {lead.score.value}%")
            ui.element("i").style(f"left: {lead.score.threshold}%")
