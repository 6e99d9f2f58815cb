from sqlmodel import Session

from engine.model import AuditEntry
from storage.rows import audit_row


def add(session: Session, entry: AuditEntry) -> None:
    session.add(audit_row(entry))
