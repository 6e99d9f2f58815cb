"""The request of one action, as it goes out: address, headers and body filled in, and signed. Pure."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from engine.events.chains import CHAIN_HEADER
from engine.expressions.template import fill_body, fill_header, fill_url
from engine.model import BODYLESS, Action, Event, Json, Request, SigningSecret
from engine.secrets.signatures import signature

JSON = "application/json"


def render(
    action: Action,
    event: Event,
    names: Mapping[str, Json],
    *,
    webhook_id: str,
    at: datetime,
    version: str,
    test: bool,
    secret: SigningSecret | None,
    chain: str = "",
) -> Request:
    """`names` is what templates may read, `at` when the attempt starts; `webhook_id` stays the same over all attempts
    of an execution, and `chain` is the mark of this one. Raises TemplateError.

    Unsigned without a secret, as in a dry run of a hook that is not saved yet.
    """
    own = {name.lower(): fill_header(value, names) for name, value in action.headers.items()}
    content_type = own.pop("content-type", JSON)
    body = _body(action, event, names, content_type)
    headers = {
        "accept-encoding": "identity",
        "user-agent": f"trigger-hooks/{version}",
        **own,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if chain:
        headers[CHAIN_HEADER] = chain
    if test:
        headers["webhook-test"] = "true"
    if secret:
        headers["webhook-signature"] = signature(secret, webhook_id=webhook_id, at=at, body=body or "")
    if body is not None:
        headers["content-type"] = content_type
    return Request(method=action.method, url=fill_url(action.url, names), headers=headers, body=body)


def unfilled(action: Action) -> Request:
    """What stands in the place of a request that could not be filled in."""
    return Request(method=action.method, url=action.url, headers={}, body=action.body)


def _body(action: Action, event: Event, names: Mapping[str, Json], content_type: str) -> str | None:
    if action.method in BODYLESS:
        return None
    return _envelope(event) if action.body is None else fill_body(action.body, names, content_type)


def _envelope(event: Event) -> str:
    timestamp = event.occurred_at.isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": event.type, "timestamp": timestamp, "data": event.data}).decode()
