"""Converts API keys to rows and back."""

from typing import Any, cast

from engine.model import ApiKey, KeySettings, Role, Scope
from storage.tables import ApiKeyRow


def key_values(settings: KeySettings) -> dict[str, Any]:
    return {
        "name": settings.name,
        "role": settings.role.value,
        "scopes": " ".join(sorted(settings.scopes or ())),
        "types": " ".join(sorted(settings.types)),
        "rate": settings.rate,
        "expires_at": settings.expires_at,
    }


def key_of(row: ApiKeyRow) -> ApiKey:
    settings = KeySettings(
        name=row.name,
        role=Role(row.role),
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        types=frozenset(row.types.split()),
        rate=row.rate,
        expires_at=row.expires_at,
    )
    return ApiKey(
        id=cast("int", row.id),
        prefix=row.prefix,
        settings=settings,
        created_at=row.created_at,
        created_by=row.created_by,
        owner=row.owner_id,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        last_used_from=row.last_used_from,
    )
