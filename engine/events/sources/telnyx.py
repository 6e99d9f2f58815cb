"""Telnyx. Ed25519 of the seconds and the body, five minutes either way. Messages may repeat, and come in any order."""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Final

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import at, choice, count, e164, entries, first, parties, passed_through, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import age_problem, ed25519_mismatch, moment_of
from engine.events.times import read_time
from engine.model import Json

_CALLS: Final = {
    "call.initiated": "call.started",
    "call.answered": "call.answered",
    "call.hangup": "call.ended",
}
_STATUSES: Final = {
    "normal_clearing": "completed",
    "user_busy": "busy",
    "no_answer": "no_answer",
    "timeout": "no_answer",
    "call_rejected": "failed",
    "originator_cancel": "cancelled",
}
_REASONS: Final = {
    "user_busy": "dial_busy",
    "no_answer": "dial_no_answer",
    "timeout": "dial_no_answer",
    "call_rejected": "dial_failed",
}
_MESSAGES: Final = {
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "delivery_unconfirmed": "sent",
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
}
_DIRECTIONS: Final = {"incoming": "inbound", "outgoing": "outbound"}


def verify(incoming: Incoming, against: Verification) -> str | None:
    stamp = incoming.headers.get("telnyx-timestamp", "")
    message = stamp.encode() + b"|" + incoming.body
    wrong = ed25519_mismatch(incoming.headers.get("telnyx-signature-ed25519", ""), against.secrets, message)
    return wrong or age_problem(moment_of(stamp), against.now)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    kind = at(document, "data.event_type")
    if document is None:
        return ignoring(NO_JSON)
    if isinstance(kind, str) and kind in _CALLS:
        type, payload = _CALLS[kind], at(document, "data.payload")
        return _one(type, incoming, document, _ended(document) if type == "call.ended" else _call(payload))
    if kind == "message.received":
        return _one("sms.received", incoming, document, _message(document))
    if kind in ("message.sent", "message.finalized"):
        return _one("sms.sent", incoming, document, _sent(document))
    return ignoring(kind)


def _one(type: str, incoming: Incoming, document: Json, fields: dict[str, Json]) -> Reading:
    made = draft(
        type,
        incoming,
        id=("telnyx", at(document, "data.id")),
        fields=fields,
        raw=document,
        occurred_at=_moment(document),
    )
    return Reading(drafts=(made,))


def _moment(document: Json) -> datetime | None:
    return read_time(at(document, "data.occurred_at"))


def _call(payload: Json) -> dict[str, Json]:
    direction = choice(at(payload, "direction"), _DIRECTIONS)
    state = _client_state(at(payload, "client_state"))
    return {
        **parties(direction, at(payload, "from"), at(payload, "to")),
        "lead_id": state,
        "call_id": text(first(payload, "call_session_id", "call_control_id")),
        "agent_id": text(at(payload, "assistant_id")),
    }


def _ended(document: Json) -> dict[str, Json]:
    payload = at(document, "data.payload")
    start, end = read_time(at(payload, "start_time")), _moment(document)
    cause = at(payload, "hangup_cause")
    return {
        **_call(payload),
        "call_duration": count((end - start).total_seconds()) if start and end else None,
        "call_status": choice(cause, _STATUSES) or ("failed" if text(cause) else None),
        "disconnection_reason": choice(cause, _REASONS),
    }


def _client_state(value: Json) -> str | None:
    """What the team passed when it made the call, in base64: the id of the lead, where it is one word."""
    try:
        state = b64decode(value, validate=True).decode() if isinstance(value, str) else ""
    except (binascii.Error, ValueError):
        return None
    return state if state.isprintable() and state and " " not in state and not state.startswith("{") else None


def _message(document: Json) -> dict[str, Json]:
    payload = at(document, "data.payload")
    return {
        **passed_through(at(payload, "metadata")),
        "message_id": text(at(payload, "id")),
        "from_number": e164(at(payload, "from.phone_number")),
        "to_number": e164(at(payload, "to.0.phone_number")),
        "phone_number": e164(at(payload, "from.phone_number")),
        "body": text(at(payload, "text")),
        "num_media": len(entries(at(payload, "media"))),
    }


def _sent(document: Json) -> dict[str, Json]:
    payload, message = at(document, "data.payload"), _message(document)
    return {
        **{name: value for name, value in message.items() if name != "num_media"},
        "phone_number": message["to_number"],
        "message_status": choice(at(payload, "to.0.status"), _MESSAGES),
        "segments": count(at(payload, "parts")),
        "error_code": text(at(payload, "errors.0.code")),
    }


TELNYX: Final = Platform(
    key="telnyx",
    verify=verify,
    read=read,
)
