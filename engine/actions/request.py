"""The request of one action, as it goes out: the envelope of Standard Webhooks and its headers. Pure."""

from datetime import datetime

import orjson

from engine.model import Action, Event, Method, Request, SigningSecret
from engine.signing import signature

BODYLESS = frozenset({Method.GET, Method.DELETE})


def render(
    action: Action,
    event: Event,
    *,
    webhook_id: str,
    at: datetime,
    version: str,
    test: bool,
    secret: SigningSecret | None,
) -> Request:
    """`at` is when the attempt starts; `webhook_id` stays the same over all attempts of an execution.

    Unsigned without a secret, as in a dry run of a hook that is not saved yet.
    """
    body = None if action.method in BODYLESS else _envelope(event)
    headers = {
        "accept-encoding": "identity",
        "user-agent": f"trigger-hooks/{version}",
        **{name.lower(): value for name, value in action.headers.items()},
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if test:
        headers["webhook-test"] = "true"
    if secret:
        headers["webhook-signature"] = signature(secret, webhook_id=webhook_id, at=at, body=body or "")
    if body is not None:
        headers["content-type"] = "application/json"
    return Request(method=action.method, url=action.url, headers=headers, body=body)


def _envelope(event: Event) -> str:
    timestamp = event.occurred_at.isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": event.type, "timestamp": timestamp, "data": event.data}).decode()
