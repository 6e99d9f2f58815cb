"""Converts hooks to rows and back. pydantic reads and writes the definition."""

from typing import Any, cast

import orjson
from pydantic import TypeAdapter

from engine.model import Actor, Hook, HookCase, HookDefinition, HookHealth, HookVersion, Role
from storage.tables import HookCaseRow, HookHealthRow, HookRow, HookVersionRow

_DEFINITION = TypeAdapter(HookDefinition)


def write_definition(definition: HookDefinition) -> str:
    return _DEFINITION.dump_json(definition).decode()


def read_definition(text: str) -> HookDefinition:
    return _DEFINITION.validate_json(text)


def hook_of(row: HookRow) -> Hook:
    return Hook(
        id=cast("int", row.id),
        version=row.version,
        definition=read_definition(row.definition),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def hook_at_version(row: HookRow, version: HookVersionRow) -> Hook:
    """The hook as of a version."""
    return Hook(
        id=version.hook_id,
        version=version.version,
        definition=read_definition(version.definition),
        created_at=row.created_at,
        updated_at=version.saved_at,
    )


def version_of(row: HookVersionRow) -> HookVersion:
    return HookVersion(
        revision=cast("int", row.revision),
        hook_id=row.hook_id,
        version=row.version,
        definition=read_definition(row.definition),
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        deleted=row.deleted,
    )


def saved_by(actor: Actor) -> dict[str, Any]:
    return {"saved_by": actor.name, "saved_by_kind": actor.kind, "saved_by_id": actor.id}


def case_of(row: HookCaseRow) -> HookCase:
    return HookCase(
        id=cast("int", row.id),
        hook_id=row.hook_id,
        name=row.name,
        role=Role(row.role),
        data=orjson.loads(row.data),
        fires=row.fires,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def health_of(row: HookHealthRow) -> HookHealth:
    return HookHealth(
        attempts=row.attempts, executions=row.executions, failing_since=row.failing_since, warned=row.warned
    )
