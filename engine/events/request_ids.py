"""Event ids from request headers, so that a repeated request stores nothing twice. Pure.

`webhook-id` comes from Standard Webhooks, `idempotency-key` from HTTP clients that retry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from engine.errors import InvalidEvent
from engine.events.chains import CHAIN_HEADER
from engine.events.cloud_events import header_text
from engine.events.draft import EventDraft, id_problem

_HEADERS: Final = ("webhook-id", "idempotency-key")


def identified(drafts: Sequence[EventDraft], headers: Mapping[str, str], *, many: bool) -> tuple[EventDraft, ...]:
    """Gives drafts without an id the request's id; in an array (`many`) with their index, `KEY/0`.

    Raises InvalidEvent if the request's id is not valid.
    """
    header = _header(headers)
    if header is None or all(draft.id is not None for draft in drafts):
        return tuple(drafts)
    key = _distinct_key(header_text(headers[header]), headers)
    given = [
        draft if draft.id is not None else replace(draft, id=f"{key}/{index}" if many else key)
        for index, draft in enumerate(drafts)
    ]
    if problem := next((problem for draft in given if (problem := id_problem(draft.id))), None):
        raise InvalidEvent({header: problem})
    return tuple(given)


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id of a request; None if it names none."""
    header = _header(headers)
    return _distinct_key(header_text(headers[header]), headers) if header else None


def _header(headers: Mapping[str, str]) -> str | None:
    return next((name for name in _HEADERS if headers.get(name)), None)


def _distinct_key(key: str, headers: Mapping[str, str]) -> str:
    """All actions of one execution share a `webhook-id`, but a later one's request is not a repeat of the first."""
    step = headers.get(CHAIN_HEADER, "").partition(";")[0]
    return step if step.rpartition("/")[0] == key and not step.endswith("/0") else key
