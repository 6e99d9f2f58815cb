"""Converts audit log entries to rows and back."""

from typing import cast

import orjson

from engine.model import AuditEntry, Role
from storage.tables import AuditRow


def audit_row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        at=entry.at,
        actor=entry.actor,
        kind=entry.kind,
        role=entry.role.value,
        address=entry.address,
        action=entry.action,
        subject=entry.subject,
        before=None if entry.before is None else orjson.dumps(entry.before).decode(),
        after=None if entry.after is None else orjson.dumps(entry.after).decode(),
    )


def audit_of(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        seq=cast("int", row.seq),
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        role=Role(row.role),
        address=row.address,
        action=row.action,
        subject=row.subject,
        before=None if row.before is None else orjson.loads(row.before),
        after=None if row.after is None else orjson.loads(row.after),
    )
