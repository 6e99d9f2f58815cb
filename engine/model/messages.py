"""What people are notified of: on the screen, and by mail."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.access import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people have to hear of. `tone` is `info`, `good`, `warning` or `bad`, `link` a page with more, and
    `to` is the role of those who are told; None for everyone.
    """

    seq: int
    at: datetime
    tone: str
    title: str
    text: str
    link: str = ""
    to: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that waits to be sent to one address, in plain text; it was tried so many times."""

    seq: int
    address: str
    subject: str
    text: str
    created_at: datetime
    tries: int = 0
