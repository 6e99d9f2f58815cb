"""Notifications on the screen, and by mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.model.access import Role
from engine.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification. `tone` is `info`, `good`, `warning` or `bad`, `link` a page with more, and `to` the role that
    sees it; None: everyone. `inherited` is as in Event."""

    seq: int
    at: datetime
    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None
    inherited: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A queued plain-text mail to one address, and how often sending it was tried."""

    seq: int
    address: str
    subject: str
    text: str
    created_at: datetime
    tries: int = 0
