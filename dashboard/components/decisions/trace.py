"""Why a hook fired or not: its gates with their reasons, and every part of the condition with its value."""

import json
import re
from collections.abc import Mapping, Set
from typing import Final, cast

from nicegui.element import Element

from dashboard.components.basics.esm import SHARED
from engine import LABELS, Decision, Gate, Json, Operator

_COMPARES: Final = re.compile(r"[<>=!(+\-*/%]|\b(?:in|is)\b")


class Trace(Element, component="trace.js", esm=SHARED):
    def __init__(self, decision: Decision, without: Set[Gate] = frozenset()) -> None:
        """Gates in `without` were skipped."""
        super().__init__()
        self.props["gates"] = gates_of(decision, without)


def gates_of(decision: Decision, without: Set[Gate] = frozenset()) -> list[dict[str, Json]]:
    """In order; gates missing from the trace are left out."""
    return [
        _skipped(gate) if gate in without else _gate(gate, decision.trace[gate], decision)
        for gate in Gate
        if gate in decision.trace
    ]


def not_asked(gates: Set[Gate]) -> str:
    """ "Role was not asked.", "Filters and Condition were not asked."."""
    names = [LABELS[gate] for gate in Gate if gate in gates]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{listed} {'were' if len(names) > 1 or Gate.FILTERS in gates else 'was'} not asked."


def _skipped(gate: Gate) -> dict[str, Json]:
    details: dict[str, Json] = {
        "verdict": "unasked",
        "reason": not_asked({gate}),
        "stopper": False,
        "rows": [],
        "tree": None,
    }
    return {"gate": str(gate), "label": LABELS[gate], **details}


def _gate(gate: Gate, details: Mapping[str, Json], decision: Decision) -> dict[str, Json]:
    verdict = details["verdict"] if gate is Gate.CONDITION else details["holds"]
    tree = details.get("tree")
    return {
        "gate": str(gate),
        "label": LABELS[gate],
        "verdict": _verdict(verdict),
        "reason": _sentence(details["reason"]),
        "stopper": decision.gate is gate,
        "rows": [_row(row) for row in details.get("rows", ())],
        "tree": _node(tree) if tree else None,
    }


def _sentence(reason: str) -> str:
    return reason if reason.startswith("`") else reason[:1].upper() + reason[1:]


def _row(row: Mapping[str, Json]) -> dict[str, Json]:
    value = row["value"]
    return {
        "field": row["field"],
        "operator": LABELS[Operator(row["operator"])],
        "value": None
        if value is None
        else ", ".join(map(_json, cast("list[Json]", value)))
        if isinstance(value, list)
        else _json(value),
        "found": row["found"],
        "holds": row["holds"],
    }


def _node(node: Mapping[str, Json]) -> dict[str, Json]:
    value = node["value"]
    is_verdict = isinstance(value, bool) or node["unknown"]
    return {
        "text": node["text"],
        "substituted": node["substituted"],
        "verdict": _verdict(value if isinstance(value, bool) else None) if is_verdict else None,
        "value": _json(value),
        "unknown": node["unknown"],
        "children": [_node(child) for child in _shown_children(node)],
    }


def _shown_children(node: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """Excludes bare fields of a comparison, whose values are already on its line."""
    children: list[Mapping[str, Json]] = node["children"]
    bare = all(not child["children"] and not isinstance(child["value"], bool) for child in children)
    return [] if bare and _COMPARES.search(node["text"]) else children


def _verdict(value: Json) -> str:
    if value is None:
        return "unknown"
    return "yes" if value else "no"


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
