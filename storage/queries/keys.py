from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import ApiKey, KeySettings, Page
from storage.queries.seqs import seq_of
from storage.rows.keys import key_of, key_values
from storage.tables import ApiKeyRow


def add(session: Session, key: ApiKey, key_hash: bytes) -> ApiKey:
    row = ApiKeyRow(
        **key_values(key.settings),
        prefix=key.prefix,
        key_hash=key_hash,
        created_at=key.created_at,
        created_by=key.created_by,
        owner_id=key.owner,
    )
    session.add(row)
    session.flush()
    return key_of(row)


def one(session: Session, key_id: int) -> ApiKey:
    return key_of(_row(session, key_id))


def by_hash(session: Session, key_hash: bytes) -> ApiKey | None:
    row = session.exec(select(ApiKeyRow).where(ApiKeyRow.key_hash == key_hash)).first()
    return key_of(row) if row else None


def page(session: Session, limit: int, cursor: str | None) -> Page[ApiKey]:
    """Newest first, paginated by keyset. Raises InvalidQuery."""
    statement = select(ApiKeyRow).order_by(col(ApiKeyRow.id).desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(ApiKeyRow.id) < seq_of(cursor))
    found = [key_of(row) for row in session.exec(statement)]
    kept = found[:limit]
    return Page(items=tuple(kept), next=str(kept[-1].id) if len(found) > limit else None)


def change(session: Session, key_id: int, settings: KeySettings) -> None:
    row = _row(session, key_id)
    for name, value in key_values(settings).items():
        setattr(row, name, value)


def roll(session: Session, old_id: int, key: ApiKey, key_hash: bytes, until: datetime) -> ApiKey:
    old = _row(session, old_id)
    old.expires_at = min(old.expires_at or until, until)
    return add(session, key, key_hash)


def revoke(session: Session, key_id: int, at: datetime) -> None:
    row = _row(session, key_id)
    row.revoked_at = row.revoked_at or at


def touch(session: Session, used: Mapping[int, tuple[datetime, str]]) -> None:
    for key_id, (at, address) in used.items():
        if row := session.get(ApiKeyRow, key_id):
            row.last_used_at, row.last_used_from = at, address


def _row(session: Session, key_id: int) -> ApiKeyRow:
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise NotFound("key", key_id)
    return row
