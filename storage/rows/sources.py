"""Converts sources to rows and back."""

import json
from typing import Any, cast

from pydantic import TypeAdapter

from engine.model import Role
from engine.model.sources import (
    Outcome,
    SigningChoice,
    Source,
    SourceBody,
    SourceCount,
    SourceMapping,
    SourceSettings,
)
from storage.tables import SourceBodyRow, SourceHourRow, SourceRow

_CHOICE = TypeAdapter(SigningChoice)
_MAPPING = TypeAdapter(SourceMapping)


def source_values(source: Source) -> dict[str, Any]:
    """What can change of it."""
    settings = source.settings
    return {
        "platform": settings.platform,
        "name": settings.name,
        "role": settings.role.value,
        "types": " ".join(sorted(settings.types)),
        "enabled": settings.enabled,
        "verify": _CHOICE.dump_json(settings.verify).decode() if settings.verify else None,
        "token": source.token,
        "token_hash": source.token_hash,
        "secret": source.secret,
        "previous_secret": source.previous_secret,
        "previous_until": source.previous_until,
        "mapping": _MAPPING.dump_json(settings.mapping).decode() if settings.mapping else None,
        "mapping_version": source.mapping_version,
        "previous_token_hash": source.previous_token_hash,
        "previous_token_until": source.previous_token_until,
    }


def source_of(row: SourceRow) -> Source:
    settings = SourceSettings(
        platform=row.platform,
        name=row.name,
        role=Role(row.role),
        types=frozenset(row.types.split()),
        enabled=row.enabled,
        verify=_CHOICE.validate_json(row.verify) if row.verify else None,
        mapping=_MAPPING.validate_json(row.mapping) if row.mapping else None,
    )
    return Source(
        id=cast("int", row.id),
        settings=settings,
        token=row.token,
        token_hash=row.token_hash,
        secret=row.secret,
        previous_secret=row.previous_secret,
        previous_until=row.previous_until,
        created_at=row.created_at,
        created_by=row.created_by,
        last_received_at=row.last_received_at,
        mapping_version=row.mapping_version,
        previous_token_hash=row.previous_token_hash,
        previous_token_until=row.previous_token_until,
    )


def count_of(row: SourceHourRow) -> SourceCount:
    return SourceCount(
        source_id=row.source_id, hour=row.hour, outcome=Outcome(row.outcome), reason=row.reason, count=row.count
    )


def body_row(body: SourceBody) -> SourceBodyRow:
    return SourceBodyRow(
        source_id=body.source_id,
        at=body.at,
        outcome=body.outcome.value,
        reason=body.reason,
        media_type=body.media_type,
        body=body.body,
        events=json.dumps(body.events),
        headers=json.dumps(body.headers),
        query=body.query,
    )


def body_of(row: SourceBodyRow) -> SourceBody:
    return SourceBody(
        id=cast("int", row.id),
        source_id=row.source_id,
        at=row.at,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        media_type=row.media_type,
        body=row.body,
        events=tuple(json.loads(row.events)),
        headers=json.loads(row.headers),
        query=row.query,
    )
