"""API keys."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import with_config

from engine.model.access import Role, Scope
from engine.model.moments import Moment


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """The settings of a new API key. It is valid until `expires_at`.

    `scopes` None: all that its role can have; `types`: the event types that it may send, empty: all; `rate`: events and
    other calls a minute, None: the default.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] | None = None
    types: frozenset[str] = frozenset()
    rate: int | None = None
    expires_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`prefix` is how people recognise it; the key itself is stored only as a hash. `owner` is the id of the user in
    whose name it was created, directly or by another key of theirs; None: by the system."""

    id: int
    prefix: str
    settings: KeySettings
    created_at: datetime
    created_by: str = ""
    owner: int | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_from: str = ""
