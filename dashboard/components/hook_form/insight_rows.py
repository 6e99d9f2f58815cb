"""Rows of the panel beside the form, from the engine's results for a draft."""

from typing import Any

from dashboard.components.basics.addresses import event_address
from engine import CaseResult, Event, InvalidHook, NearMiss, Overlap, about_of


def in_the_way(error: InvalidHook) -> str:
    place, message = next(iter(error.problems.items()))
    known = {"trigger": "Trigger When", "condition": "Conditions"}
    name = next((label for start, label in known.items() if place.startswith(start)), "")
    return f"{name}: {message}" if name else message


def row_of(event: Event) -> dict[str, Any]:
    about = about_of(event.data) or event.id
    return {"id": event.id, "at": event.received_at.isoformat(), "about": about, "href": event_address(event.id)}


def miss_of(miss: NearMiss) -> dict[str, Any]:
    return {
        "part": miss.part,
        "found": f"found {miss.found}" if miss.wanted else miss.found,
        "away": f"{miss.distance:,.6g}" if miss.distance else "",
    }


def overlap_of(one: Overlap) -> dict[str, Any]:
    return {"id": one.hook.id, "title": one.hook.definition.title, "share": round(100 * one.share), "both": one.both}


def case_of(one: CaseResult) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "name": one.case.name,
        "fires": one.case.fires,
        "holds": one.holds,
        "reason": one.decision.reason,
    }
