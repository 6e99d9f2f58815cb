"""A body that was kept, as the request that it was: what is kept of its headers, and whether it can be mapped again."""

from collections.abc import Mapping
from typing import Final

from engine.events.sources.platform import Incoming
from engine.model.sources import Outcome, Source, SourceBody
from engine.sources.journal import LONGEST_BODY

SWITCHED_OFF: Final = "the source is switched off"
UNREADABLE: Final = "a body in an encoding that cannot be read"
CAME_AGAIN: Final = "came again"
MOST_HEADERS: Final = 40
LONGEST_HEADER: Final = 300
LONGEST_QUERY: Final = 2_000

_SECRET: Final = ("auth", "cookie", "secret", "signature", "token", "key", "password", "credential")
_NO_SECRET: Final = frozenset({"idempotency-key"})


def kept_headers(headers: Mapping[str, str], source: Source) -> dict[str, str]:
    """Those without the secret, or anything that looks like one."""
    chosen = source.settings.verify.header.lower() if source.settings.verify else ""
    plain = {
        name: value[:LONGEST_HEADER]
        for name, value in headers.items()
        if name != chosen and (name in _NO_SECRET or not any(word in name for word in _SECRET))
    }
    return dict(list(plain.items())[:MOST_HEADERS])


def incoming_of(body: SourceBody) -> Incoming:
    """Without a body where the query was shown in its place."""
    content = "" if body.body == body.query else body.body
    headers = {**body.headers, "content-type": body.media_type}
    return Incoming(method="POST", url=f"?{body.query}" if body.query else "", headers=headers, body=content.encode())


def is_whole(body: SourceBody) -> bool:
    """Whether it was not cut."""
    return len(body.body) < LONGEST_BODY


def may_be_mapped(body: SourceBody) -> bool:
    """Whether it became nothing although it was read, and was not cut."""
    unread = body.reason in {SWITCHED_OFF, UNREADABLE, CAME_AGAIN}
    return body.outcome is Outcome.IGNORED and not unread and is_whole(body)
