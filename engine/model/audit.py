"""The entries of the audit log."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.access import Role
from engine.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What was done, by whom (`kind` as in Actor), from which IP address, and to what. Newer entries have a greater
    seq."""

    seq: int
    at: datetime
    actor: str
    kind: str
    role: Role
    address: str
    action: str
    subject: str
    before: Json = None
    after: Json = None
