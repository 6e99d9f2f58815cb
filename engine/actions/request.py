"""The request of one action as sent: URL, headers and body rendered, and signed. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import orjson

from engine.actions.address import address_of
from engine.actions.decoding import KEPT_BYTES
from engine.events.chains import CHAIN_HEADER
from engine.expressions.template import TemplateError, fill_body, fill_headers, fill_url
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
    """`names` is what templates can read, `at` the start of the attempt; `webhook_id` is the same for all attempts of
    an execution, and `chain` marks this one. Raises TemplateError.

    Unsigned without a secret, as in a dry run of an unsaved hook.
    """
    own = fill_headers(action.headers, names)
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
    return Request(method=action.method, url=_address(action, names), headers=headers, body=body)


def reads_names(action: Action) -> bool:
    """Whether any of its templates has an expression."""
    return any("{{" in text for text in (action.url, action.body or "", *action.headers.values()))


def unfilled(action: Action) -> Request:
    """A placeholder for a request that could not be rendered."""
    return Request(method=action.method, url=action.url, headers={}, body=action.body)


def as_stored(request: Request) -> Request:
    """With its body cut to the same limit as a stored response."""
    raw = (request.body or "").encode()
    if len(raw) <= KEPT_BYTES:
        return request
    return replace(request, body=raw[:KEPT_BYTES].decode(errors="ignore"), truncated=True)


def _address(action: Action, names: Mapping[str, Json]) -> str:
    """The exact bytes that are sent."""
    try:
        return address_of(fill_url(action.url, names)).text
    except ValueError as error:
        raise TemplateError(f"this is no address that can be called: {error}.") from None


def _body(action: Action, event: Event, names: Mapping[str, Json], content_type: str) -> str | None:
    if action.method in BODYLESS:
        return None
    return _envelope(event) if action.body is None else fill_body(action.body, names, content_type)


def _envelope(event: Event) -> str:
    timestamp = event.occurred_at.isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": event.type, "timestamp": timestamp, "data": event.data}).decode()
