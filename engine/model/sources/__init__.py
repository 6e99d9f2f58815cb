"""Sources: platforms that post as they are, and what came from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from pydantic import with_config

from engine.model.access import Role


class SigningKind(StrEnum):
    NONE = "none"
    HEADER = "header"
    BASIC = "basic"
    HMAC = "hmac"
    STANDARD_WEBHOOKS = "standard_webhooks"


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True, kw_only=True)
class SigningChoice:
    """How a sender signs, where its user chooses.

    For HEADER, `header` equals the secret, with `Bearer ` before it or not; for BASIC the secret is `user:password`.
    For HMAC, `header` has `prefix` and the digest of `format`, in which `{timestamp}` stands for `timestamp_header` and
    `{body}` for the body.
    """

    kind: SigningKind = SigningKind.HEADER
    header: str = "authorization"
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp_header: str = ""
    format: str = "{body}"
    base64_secret: bool = False


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """How a request becomes events: expressions in the language of conditions, which read its body.

    `each` is a list whose entries each become an event; empty: the whole body becomes one. `type` is the sender's name
    of the event, which `types` translates into an event type; a name that is an event type needs no entry. `id` and
    `occurred_at` may be empty. `fields` are the event's, by name.
    """

    type: str
    types: Mapping[str, str] = field(default_factory=dict[str, str])
    each: str = ""
    id: str = ""
    occurred_at: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """`role` is that of its events; `types` are the event types that it may send, empty: all. `mapping` is None where
    the platform's own is used."""

    platform: str
    name: str
    role: Role = Role.AGENT
    types: frozenset[str] = frozenset()
    enabled: bool = True
    verify: SigningChoice | None = None
    mapping: SourceMapping | None = None

    @property
    def named_types(self) -> frozenset[str]:
        """The event types that it names: those that it may send, and those that its mapping makes."""
        if self.mapping is None:
            return self.types
        return self.types | {*self.mapping.types.values(), self.mapping.type.strip().strip("\"'")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`token`, `secret` and `previous_secret` are sealed; `previous_secret` is valid until `previous_until`, and the
    address before this one until `previous_token_until`.

    `mapping_version` counts the changes of its mapping.
    """

    id: int
    settings: SourceSettings
    token: str
    token_hash: bytes
    secret: str | None
    previous_secret: str | None = None
    previous_until: datetime | None = None
    created_at: datetime
    created_by: str = ""
    last_received_at: datetime | None = None
    mapping_version: int = 0
    previous_token_hash: bytes | None = None
    previous_token_until: datetime | None = None


class Outcome(StrEnum):
    """What became of what a platform posted."""

    ACCEPTED = "accepted"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """How often an outcome occurred for a reason within an hour, counted since the Unix epoch."""

    source_id: int
    hour: int
    outcome: Outcome
    reason: str
    count: int

    @property
    def begins_at(self) -> datetime:
        return datetime.fromtimestamp(self.hour * 3_600, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBody:
    """A request that was verified: its body, cut, and the ids of the events that it became. `id` is 0 until stored.

    `headers` are those that a mapping may read: without secrets, and only of a source that can have a mapping.
    """

    id: int = 0
    source_id: int
    at: datetime
    outcome: Outcome
    reason: str
    media_type: str
    body: str
    events: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: str = ""
