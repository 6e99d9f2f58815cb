"""Hooks; each save creates a version."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, func, select

from engine.errors import Conflict, InvalidHook, NotFound
from engine.model import Actor, Hook, HookDefinition, HookVersion, SigningSecret, Timetable
from engine.ports import HookSet
from storage.queries import timers
from storage.rows.hooks import hook_at_version, hook_of, read_definition, saved_by, version_of, write_definition
from storage.tables import HookRow, HookSecretRow, HookVersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """`hook_id` is None for a new hook; `expected` is None to accept any current version."""

    definition: HookDefinition
    hook_id: int | None
    expected: int | None
    actor: Actor
    at: datetime
    secret: str
    next_at: datetime | None = None


def hook_set(session: Session) -> HookSet:
    revision = session.exec(select(func.max(HookVersionRow.revision))).one()
    rows = session.exec(select(HookRow).where(col(HookRow.deleted_at).is_(None)).order_by(col(HookRow.id)))
    secrets = {row.hook_id: _secret_of(row) for row in session.exec(select(HookSecretRow))}
    return HookSet(revision=revision or 0, hooks=tuple(hook_of(row) for row in rows), secrets=secrets)


def save(session: Session, order: Save) -> tuple[Hook, int]:
    """Returns the hook and the new revision. Raises NotFound, Conflict, InvalidHook."""
    _key_is_free(session, order.definition.key, order.hook_id)
    definition = write_definition(order.definition)
    planned = None
    if order.hook_id is None:
        row = HookRow(
            key=order.definition.key, version=1, definition=definition, created_at=order.at, updated_at=order.at
        )
    else:
        row = existing(session, order.hook_id, order.expected)
        planned = _plan_of(read_definition(row.definition))
        row.key, row.definition = order.definition.key, definition
        row.version, row.updated_at = row.version + 1, order.at
    saved = _stored(session, row, order.actor, order.at)
    if _plan_of(order.definition) != planned:
        timers.put(session, saved[0].id, order.next_at)
    if order.hook_id is None:
        session.add(HookSecretRow(hook_id=saved[0].id, current=order.secret))
    return saved


def set_secret(session: Session, hook_id: int, secret: SigningSecret) -> None:
    row = session.get_one(HookSecretRow, hook_id)
    row.current, row.previous, row.rotated_at = secret.current, secret.previous, secret.rotated_at


def delete(session: Session, hook_id: int, expected: int | None, actor: Actor, at: datetime) -> int:
    """Returns the new revision. Raises NotFound, Conflict."""
    row = existing(session, hook_id, expected)
    row.version, row.deleted_at = row.version + 1, at
    timers.put(session, hook_id, None)
    return _version_saved(session, row, actor, at)


def restore(session: Session, hook_id: int, actor: Actor, at: datetime, next_at: datetime | None) -> tuple[Hook, int]:
    """Raises NotFound if it is not deleted, InvalidHook if another hook has taken its key meanwhile."""
    row = session.get(HookRow, hook_id)
    if row is None or row.deleted_at is None:
        raise NotFound("deleted hook", hook_id)
    _key_is_free(session, row.key, hook_id)
    row.version, row.deleted_at, row.updated_at = row.version + 1, None, at
    timers.put(session, hook_id, next_at)
    return _stored(session, row, actor, at)


def as_of(session: Session, revision: int, trigger: str) -> list[Hook]:
    """By id, each at its version as of `revision`; hooks already deleted by then are left out."""
    newest = (
        select(func.max(HookVersionRow.revision))
        .where(col(HookVersionRow.revision) <= revision)
        .group_by(col(HookVersionRow.hook_id))
    )
    rows = session.exec(
        select(HookRow, HookVersionRow)
        .join(HookVersionRow, col(HookVersionRow.hook_id) == col(HookRow.id))
        .where(col(HookVersionRow.revision).in_(newest), col(HookVersionRow.deleted).is_(False))
        .order_by(col(HookRow.id))
    )
    hooks = [hook_at_version(row, version) for row, version in rows]
    return [hook for hook in hooks if hook.definition.trigger == trigger]


def versions(session: Session, hook_id: int) -> list[HookVersion]:
    """Newest first. Raises NotFound."""
    rows = session.exec(
        select(HookVersionRow).where(HookVersionRow.hook_id == hook_id).order_by(col(HookVersionRow.version).desc())
    ).all()
    if not rows:
        raise NotFound("hook", hook_id)
    return [version_of(row) for row in rows]


def _plan_of(definition: HookDefinition) -> Timetable | None:
    return definition.schedule if definition.enabled else None


def _secret_of(row: HookSecretRow) -> SigningSecret:
    return SigningSecret(current=row.current, previous=row.previous, rotated_at=row.rotated_at)


def existing(session: Session, hook_id: int, expected: int | None) -> HookRow:
    row = session.get(HookRow, hook_id)
    if row is None or row.deleted_at is not None:
        raise NotFound("hook", hook_id)
    if expected is not None and row.version != expected:
        raise Conflict("hook", hook_id, row.version)
    return row


def _key_is_free(session: Session, key: str, hook_id: int | None) -> None:
    other = session.exec(select(HookRow).where(HookRow.key == key, col(HookRow.deleted_at).is_(None))).first()
    if other is not None and other.id != hook_id:
        title = read_definition(other.definition).title
        raise InvalidHook({"key": f'Hook {other.id} ("{title}") has this key; choose another.'})


def _stored(session: Session, row: HookRow, actor: Actor, at: datetime) -> tuple[Hook, int]:
    session.add(row)
    session.flush()
    revision = _version_saved(session, row, actor, at)
    return hook_of(row), revision


def _version_saved(session: Session, row: HookRow, actor: Actor, at: datetime) -> int:
    version = HookVersionRow(
        hook_id=cast("int", row.id),
        version=row.version,
        definition=row.definition,
        deleted=row.deleted_at is not None,
        saved_at=at,
        **saved_by(actor),
    )
    session.add(version)
    session.flush()
    return cast("int", version.revision)
