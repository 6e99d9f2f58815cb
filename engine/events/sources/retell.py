"""Retell AI. HMAC-SHA256 of the body and the milliseconds, five minutes either way.

`call_analyzed` brings a call complete, so that `call_ended` before it would be the same call twice.
"""

import re
from typing import Final

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import (
    SENTIMENTS,
    at,
    choice,
    count,
    e164,
    first,
    flag,
    number,
    parties,
    passed_through,
    results,
    text,
)
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import NO_SIGNATURE, age_problem, mac, mismatch, moment_of
from engine.events.times import read_epoch
from engine.model import Json

_SIGNATURE: Final = re.compile(r"v=(\d{1,15}),d=([0-9a-f]{64})", re.ASCII)
_STATUSES: Final = {
    "voicemail_reached": "voicemail",
    "ivr_reached": "voicemail",
    "dial_no_answer": "no_answer",
    "dial_busy": "busy",
    "dial_failed": "failed",
    "invalid_destination": "failed",
    "user_declined": "failed",
    "marked_as_spam": "failed",
}
_REASONS: Final = {
    "user_hangup": "user_hangup",
    "agent_hangup": "agent_hangup",
    "call_transfer": "call_transfer",
    "voicemail_reached": "voicemail_reached",
    "ivr_reached": "voicemail_reached",
    "dial_no_answer": "dial_no_answer",
    "dial_busy": "dial_busy",
    "dial_failed": "dial_failed",
    "invalid_destination": "dial_failed",
}
_TRANSFERS: Final = {"transfer_bridged": "bridged", "transfer_cancelled": "cancelled"}
_TRANSFER_TYPES: Final = {"warm_transfer": "warm", "cold_transfer": "cold"}


def verify(incoming: Incoming, against: Verification) -> str | None:
    found = _SIGNATURE.fullmatch(incoming.headers.get("x-retell-signature", ""))
    if not found:
        return NO_SIGNATURE
    wrong = mismatch([found[2]], against.secrets, lambda secret: mac(secret, incoming.body + found[1].encode()))
    return wrong or age_problem(moment_of(found[1], "milliseconds"), against.now)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    event, call = at(document, "event"), at(document, "call")
    if document is None:
        return ignoring(NO_JSON)
    if event == "call_started":
        return _one("call.started", incoming, document, "start_timestamp", {})
    if event == "call_analyzed":
        return _one("call.ended", incoming, document, "end_timestamp", _ended(call))
    if isinstance(event, str) and event in _TRANSFERS:
        return _one("call.transferred", incoming, document, "", _transferred(document, _TRANSFERS[event]))
    return ignoring("call_ended: call_analyzed brings the call complete" if event == "call_ended" else event)


def _one(type: str, incoming: Incoming, document: Json, time: str, fields: dict[str, Json]) -> Reading:
    call = at(document, "call")
    fields = {**_common(call), **fields}
    moment = read_epoch(at(call, time))
    made = draft(type, incoming, id=("retell", at(call, "call_id")), fields=fields, raw=document, occurred_at=moment)
    return Reading(drafts=(made,))


def _common(call: Json) -> dict[str, Json]:
    return {
        **passed_through(at(call, "metadata"), at(call, "retell_llm_dynamic_variables")),
        **parties(at(call, "direction"), at(call, "from_number"), at(call, "to_number")),
        "call_id": text(at(call, "call_id")),
        "agent_id": text(at(call, "agent_id")),
        "agent_name": text(at(call, "agent_name")),
    }


def _ended(call: Json) -> dict[str, Json]:
    reason, in_voicemail = at(call, "disconnection_reason"), flag(at(call, "call_analysis.in_voicemail"))
    found = results(at(call, "call_analysis.custom_analysis_data"))
    cents = number(at(call, "call_cost.combined_cost"))
    return {
        **found,
        "call_duration": count(at(call, "duration_ms"), 0.001),
        "call_status": _status(reason),
        "disconnection_reason": _reason(reason),
        "sentiment": choice(at(call, "call_analysis.user_sentiment"), SENTIMENTS) or found["sentiment"],
        "summary": text(at(call, "call_analysis.call_summary")),
        "transcript": text(at(call, "transcript")),
        "recording_url": text(at(call, "recording_url")),
        "in_voicemail": in_voicemail,
        "call_cost": None if cents is None else cents / 100,
    }


def _status(reason: Json) -> str | None:
    if not isinstance(reason, str):
        return None
    return "failed" if reason.startswith("error") else _STATUSES.get(reason, "completed")


def _reason(reason: Json) -> str | None:
    return "error" if isinstance(reason, str) and reason.startswith("error") else choice(reason, _REASONS)


def _transferred(document: Json, status: str) -> dict[str, Json]:
    return {
        "transfer_to": e164(first(document, "transfer_destination.number", "call.transfer_destination.number")),
        "transfer_type": choice(first(document, "transfer_option.type", "call.transfer_option.type"), _TRANSFER_TYPES),
        "transfer_status": status,
    }


RETELL: Final = Platform(
    key="retell",
    verify=verify,
    read=read,
)
