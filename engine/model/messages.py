"""Notifications on the screen, and by mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.model.access import Actor, Role
from engine.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification. `tone` is `info`, `good`, `warning` or `bad`, and `link` a page with more.

    It is for everyone, unless `to` is the only role that sees it, or `user_id` the only person. `inherited` is as in
    Event.
    """

    seq: int
    at: datetime
    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None
    user_id: int | None = None
    inherited: Mapping[str, Json] = field(default_factory=dict[str, Json])

    def is_for(self, actor: Actor) -> bool:
        of_person = self.user_id is None or (actor.kind == "user" and actor.id == self.user_id)
        return of_person and self.to in {None, actor.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A queued plain-text mail to one address, and how often sending it was tried."""

    seq: int
    address: str
    subject: str
    text: str
    created_at: datetime
    tries: int = 0
