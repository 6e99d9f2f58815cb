"""The request of one action, as it goes out: the envelope of Standard Webhooks and its headers. Pure."""

from datetime import datetime

import orjson

from engine.model import Action, Event, Method, Request

BODYLESS = frozenset({Method.GET, Method.DELETE})


def render(action: Action, event: Event, *, webhook_id: str, at: datetime, version: str, test: bool) -> Request:
    """`at` is when the attempt starts; `webhook_id` stays the same over all attempts of an execution."""
    headers = {
        "accept-encoding": "identity",
        "user-agent": f"trigger-hooks/{version}",
        **{name.lower(): value for name, value in action.headers.items()},
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if test:
        headers["webhook-test"] = "true"
    if action.method in BODYLESS:
        return Request(method=action.method, url=action.url, headers=headers, body=None)
    headers["content-type"] = "application/json"
    return Request(method=action.method, url=action.url, headers=headers, body=_envelope(event))


def _envelope(event: Event) -> str:
    timestamp = event.occurred_at.isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": event.type, "timestamp": timestamp, "data": event.data}).decode()
