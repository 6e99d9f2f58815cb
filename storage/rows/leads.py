"""Converts leads to rows and back."""

from typing import Any, cast

import orjson
from pydantic import TypeAdapter

from engine.model.leads import ChangeOf, Lead, LeadChange, LeadRules, LeadStatus, SavedRules, Score
from storage.tables import LeadChangeRow, LeadRow, LeadRulesRow

_SCORE = TypeAdapter(Score)
_RULES = TypeAdapter(LeadRules)


def lead_values(lead: Lead) -> dict[str, Any]:
    """Without the id."""
    return {
        "key": lead.key,
        "version": lead.version,
        "name": lead.name,
        "status": lead.status.value,
        "status_by": lead.status_by,
        "score": lead.score.value,
        "scored": _SCORE.dump_json(lead.score).decode(),
        "fields": orjson.dumps(lead.fields).decode(),
        "first_seen_at": lead.first_seen_at,
        "last_seen_at": lead.last_seen_at,
        "last_event_type": lead.last_event_type,
    }


def lead_of(row: LeadRow) -> Lead:
    return Lead(
        id=cast("int", row.id),
        key=row.key,
        version=row.version,
        name=row.name,
        status=LeadStatus(row.status),
        status_by=row.status_by,
        score=_SCORE.validate_json(row.scored),
        fields=orjson.loads(row.fields),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        last_event_type=row.last_event_type,
    )


def change_values(lead_id: int, change: LeadChange) -> dict[str, Any]:
    return {
        "lead_id": lead_id,
        "at": change.at,
        "what": change.what.value,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "by": change.by,
        "event_id": change.event_id,
        "execution_id": change.execution_id,
    }


def change_of(row: LeadChangeRow) -> LeadChange:
    return LeadChange(
        seq=cast("int", row.seq),
        at=row.at,
        what=ChangeOf(row.what),
        before=row.before,
        after=row.after,
        reason=row.reason,
        by=row.by,
        event_id=row.event_id,
        execution_id=row.execution_id,
    )


def write_rules(rules: LeadRules) -> str:
    return _RULES.dump_json(rules).decode()


def rules_of(row: LeadRulesRow) -> SavedRules:
    return SavedRules(
        version=row.version, rules=_RULES.validate_json(row.rules), saved_at=row.saved_at, saved_by=row.saved_by
    )
