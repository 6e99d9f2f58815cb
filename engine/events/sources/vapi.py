"""Vapi. It signs as its user chooses: a header with the secret (`X-Vapi-Secret` where nothing else is chosen), or HMAC.

It does not try again unless a plan for that is set.
"""

from typing import Final

from engine.events.draft import EventDraft
from engine.events.sources.chosen import verify_chosen
from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import (
    at,
    choice,
    count,
    e164,
    first,
    flag,
    members,
    number,
    parties,
    passed_through,
    results,
    text,
)
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import mismatch
from engine.events.times import read_epoch, read_time
from engine.model import Json

_STATUSES: Final = {
    "customer-busy": "busy",
    "customer-did-not-answer": "no_answer",
    "voicemail": "voicemail",
    "manually-canceled": "cancelled",
}
_REASONS: Final = {
    "customer-ended-call": "user_hangup",
    "assistant-ended-call": "agent_hangup",
    "assistant-said-end-call-phrase": "agent_hangup",
    "assistant-ended-call-after-message-spoken": "agent_hangup",
    "assistant-forwarded-call": "call_transfer",
    "voicemail": "voicemail_reached",
    "customer-did-not-answer": "dial_no_answer",
    "customer-busy": "dial_busy",
}
_FAILURES: Final = ("error", "failed", "fault")


def verify(incoming: Incoming, against: Verification) -> str | None:
    if against.choice is not None:
        return verify_chosen(incoming, against)
    if not against.secrets:
        return None
    given = [incoming.headers.get(name, "") for name in ("x-vapi-secret", "x-vapi-signature")]
    return mismatch(given, against.secrets, lambda secret: secret)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    message = at(document, "message")
    if document is None:
        return ignoring(NO_JSON)
    kind, status = at(message, "type"), at(message, "status")
    if kind == "end-of-call-report":
        return Reading(drafts=(_draft("call.ended", incoming, document, _ended(message)),))
    if kind == "status-update" and status == "in-progress":
        return Reading(drafts=tuple(_draft(type, incoming, document, {}) for type in ("call.started", "call.answered")))
    if kind == "status-update" and status == "forwarding":
        return Reading(drafts=(_draft("call.transferred", incoming, document, _transferred(message)),))
    return ignoring(f"status-update: {status}" if kind == "status-update" else kind)


def _draft(type: str, incoming: Incoming, document: Json, fields: dict[str, Json]) -> EventDraft:
    message = at(document, "message")
    moment = read_time(at(message, "endedAt")) or read_epoch(at(message, "timestamp"))
    return draft(
        type,
        incoming,
        id=("vapi", at(message, "call.id")),
        fields={**_common(message), **fields},
        raw=document,
        occurred_at=moment,
    )


def _common(message: Json) -> dict[str, Json]:
    direction, person = at(message, "call.type"), first(message, "customer.number", "call.customer.number")
    ours = first(message, "phoneNumber.number", "call.phoneNumber.number")
    inbound = choice(direction, {"inboundphonecall": "inbound"})
    caller, called = (person, ours) if inbound else (ours, person)
    overrides = first(message, "call.assistantOverrides.variableValues", "assistant.variableValues")
    own = passed_through(at(message, "call.metadata"), overrides)
    named = own if own["first_name"] else passed_through(own, at(message, "customer"))
    return {
        **named,
        **parties(direction, caller, called),
        "call_id": text(at(message, "call.id")),
        "agent_id": text(first(message, "assistant.id", "call.assistantId")),
        "agent_name": text(at(message, "assistant.name")),
    }


def _ended(message: Json) -> dict[str, Json]:
    reason, structured = at(message, "endedReason"), at(message, "analysis.structuredData")
    return {
        **results(structured, _outputs(message)),
        "call_duration": _duration(message),
        "call_status": _status(reason),
        "disconnection_reason": _reason(reason),
        "summary": text(first(message, "analysis.summary", "summary")),
        "transcript": text(first(message, "artifact.transcript", "transcript")),
        "recording_url": text(first(message, "artifact.recordingUrl", "recordingUrl")),
        "in_voicemail": True if reason == "voicemail" else flag(at(structured, "in_voicemail")),
        "call_cost": number(at(message, "cost")),
    }


def _outputs(message: Json) -> Json:
    """Structured outputs, which come under ids of their own, by their names."""
    outputs = members(at(message, "artifact.structuredOutputs")).values()
    return {name: at(one, "result") for one in outputs if (name := text(at(one, "name")))}


def _duration(message: Json) -> int | None:
    start, end = read_time(at(message, "startedAt")), read_time(at(message, "endedAt"))
    return count((end - start).total_seconds()) if start and end else None


def _status(reason: Json) -> str | None:
    if not isinstance(reason, str):
        return None
    return _STATUSES.get(reason) or ("failed" if any(word in reason for word in _FAILURES) else "completed")


def _reason(reason: Json) -> str | None:
    return choice(reason, _REASONS) or ("error" if _status(reason) == "failed" else None)


def _transferred(message: Json) -> dict[str, Json]:
    return {"transfer_to": e164(at(message, "destination.number")), "transfer_status": "bridged"}


VAPI: Final = Platform(
    key="vapi",
    verify=verify,
    read=read,
    needs_secret=False,
    has_choice=True,
)
