"""API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from engine.model import ApiKey, KeySettings, Page


class KeyStore(Protocol):
    async def add_key(self, key: ApiKey, key_hash: bytes) -> ApiKey:
        """Returns it with its id."""
        ...

    async def key(self, key_id: int) -> ApiKey:
        """Raises NotFound."""
        ...

    async def key_by_hash(self, key_hash: bytes) -> ApiKey | None:
        """Also returns expired and revoked ones."""
        ...

    async def keys(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        """Newest first. Raises InvalidQuery."""
        ...

    async def change_key(self, key_id: int, settings: KeySettings) -> None: ...

    async def roll_key(self, old_id: int, key: ApiKey, key_hash: bytes, *, until: datetime) -> ApiKey:
        """Adds the key, and makes the old one expire at `until` unless it expires earlier, in one transaction."""
        ...

    async def revoke_key(self, key_id: int, at: datetime) -> None: ...

    async def touch_keys(self, used: Mapping[int, tuple[datetime, str]]) -> None:
        """Stores when keys were last used, and from which IP address."""
        ...
