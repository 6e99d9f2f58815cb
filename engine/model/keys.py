"""API keys."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import with_config

from engine.model.access import Role, Scope
from engine.model.moments import Moment


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """What whoever makes a key says of it. It works until `expires_at`.

    `scopes` None: all that its role can use; `types`: the event types that it may send, empty: all; `rate`: events and
    other calls a minute, None: as usual.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] | None = None
    types: frozenset[str] = frozenset()
    rate: int | None = None
    expires_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`prefix` is the part that a person recognises it by; the key itself is kept only as a hash."""

    id: int
    prefix: str
    settings: KeySettings
    created_at: datetime
    created_by: str = ""
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_from: str = ""
