from sqlmodel import Session, col, select

from engine.model import AuditEntry, Page
from storage.queries.executions import seq_of
from storage.rows import audit_of, audit_row
from storage.tables import AuditRow


def add(session: Session, entry: AuditEntry) -> None:
    session.add(audit_row(entry))


def page(session: Session, limit: int, cursor: str | None, action: str | None) -> Page[AuditEntry]:
    """Newest first, by keyset. Raises InvalidQuery."""
    statement = select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(AuditRow.seq) < seq_of(cursor))
    if action:
        statement = statement.where(col(AuditRow.action).startswith(action, autoescape=True))
    found = [audit_of(row) for row in session.exec(statement)]
    kept = found[:limit]
    return Page(items=tuple(kept), next=str(kept[-1].seq) if len(found) > limit else None)
