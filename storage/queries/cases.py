"""Events that a hook is tested against on every edit."""

import orjson
from sqlmodel import Session, col, select

from engine.errors import NotFound
from engine.model import HookCase
from storage.queries.hooks import existing
from storage.rows.hooks import case_of
from storage.tables import HookCaseRow


def cases(session: Session, hook_id: int) -> list[HookCase]:
    rows = session.exec(select(HookCaseRow).where(HookCaseRow.hook_id == hook_id).order_by(col(HookCaseRow.id)))
    return [case_of(row) for row in rows]


def add_case(session: Session, case: HookCase) -> HookCase:
    """Raises NotFound."""
    existing(session, case.hook_id, None)
    row = HookCaseRow(
        hook_id=case.hook_id,
        name=case.name,
        role=case.role.value,
        data=orjson.dumps(case.data).decode(),
        fires=case.fires,
        created_at=case.created_at,
        created_by=case.created_by,
    )
    session.add(row)
    session.flush()
    return case_of(row)


def delete_case(session: Session, hook_id: int, case_id: int) -> None:
    """Raises NotFound."""
    row = session.get(HookCaseRow, case_id)
    if row is None or row.hook_id != hook_id:
        raise NotFound("case", case_id)
    session.delete(row)
