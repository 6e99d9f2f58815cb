"""Re-encrypts every stored secret, a few rows at a time, in key order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from sqlmodel import Session, col, select

from engine.model import HookDefinition
from storage.rows.hooks import read_definition, write_definition
from storage.tables import HookRow, HookSecretRow, HookVersionRow, SourceRow, UserRow

STEP: Final = 200
_HAS_SOME: Final = '"secret_headers":["'
"""Stands in every definition that has some."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How to renew a single secret, and all secrets in a hook's definition."""

    secret: Callable[[str], str]
    definition: Callable[[HookDefinition], HookDefinition]


Part = Callable[[Session, int, Renewal], int | None]
"""Renews the rows of one table beyond a key; gives the key to go on after, None where there are no more."""


def signing_secrets(session: Session, after: int, renew: Renewal) -> int | None:
    rows = session.exec(
        select(HookSecretRow).where(col(HookSecretRow.hook_id) > after).order_by(col(HookSecretRow.hook_id)).limit(STEP)
    ).all()
    for row in rows:
        row.current = renew.secret(row.current)
        row.previous = renew.secret(row.previous) if row.previous else None
        session.add(row)
    return rows[-1].hook_id if len(rows) == STEP else None


def hooks(session: Session, after: int, renew: Renewal) -> int | None:
    rows = session.exec(
        select(HookRow)
        .where(col(HookRow.id) > after, col(HookRow.definition).contains(_HAS_SOME))
        .order_by(col(HookRow.id))
        .limit(STEP)
    ).all()
    for row in rows:
        row.definition = _renewed(row.definition, renew)
        session.add(row)
    return cast("int", rows[-1].id) if len(rows) == STEP else None


def hook_versions(session: Session, after: int, renew: Renewal) -> int | None:
    rows = session.exec(
        select(HookVersionRow)
        .where(col(HookVersionRow.revision) > after, col(HookVersionRow.definition).contains(_HAS_SOME))
        .order_by(col(HookVersionRow.revision))
        .limit(STEP)
    ).all()
    for row in rows:
        row.definition = _renewed(row.definition, renew)
        session.add(row)
    return cast("int", rows[-1].revision) if len(rows) == STEP else None


def second_factors(session: Session, after: int, renew: Renewal) -> int | None:
    rows = session.exec(
        select(UserRow)
        .where(col(UserRow.id) > after, col(UserRow.totp_secret).is_not(None))
        .order_by(col(UserRow.id))
        .limit(STEP)
    ).all()
    for row in rows:
        row.totp_secret = renew.secret(cast("str", row.totp_secret))
        session.add(row)
    return cast("int", rows[-1].id) if len(rows) == STEP else None


def sources(session: Session, after: int, renew: Renewal) -> int | None:
    """Their addresses too; of a lost one, the hash no longer matches what is sealed here."""
    rows = session.exec(
        select(SourceRow).where(col(SourceRow.id) > after).order_by(col(SourceRow.id)).limit(STEP)
    ).all()
    for row in rows:
        row.token = renew.secret(row.token)
        row.secret = renew.secret(row.secret) if row.secret else None
        row.previous_secret = renew.secret(row.previous_secret) if row.previous_secret else None
        session.add(row)
    return cast("int", rows[-1].id) if len(rows) == STEP else None


PARTS: Final[tuple[Part, ...]] = (signing_secrets, hooks, hook_versions, second_factors, sources)


def step(session: Session, part: Part, after: int, renew: Renewal) -> int | None:
    """The old value is overwritten on disk, not just freed."""
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    try:
        found = part(session, after, renew)
        session.flush()
        return found
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def _renewed(definition: str, renew: Renewal) -> str:
    return write_definition(renew.definition(read_definition(definition)))
