"""Bland AI. HMAC-SHA256 of the body without a time: what is posted again is recognised by its call alone."""

from typing import Final

from engine.events.draft import EventDraft
from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import at, choice, count, e164, first, number, parties, passed_through, results, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import mac, mismatch
from engine.events.times import read_time
from engine.model import Json

_STATUSES: Final = {
    "completed": "completed",
    "complete": "completed",
    "no-answer": "no_answer",
    "busy": "busy",
    "failed": "failed",
    "error": "failed",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "voicemail": "voicemail",
}
_ANSWERED: Final = {"human": "human", "voicemail": "machine", "unknown": "unknown"}
_REASONS: Final = {"user": "user_hangup", "assistant": "agent_hangup"}


def verify(incoming: Incoming, against: Verification) -> str | None:
    if not against.secrets:
        return None
    given = [incoming.headers.get("x-webhook-signature", "")]
    return mismatch(given, against.secrets, lambda secret: mac(secret, incoming.body))


def read(incoming: Incoming) -> Reading:
    call = document_of(incoming)
    if call is None:
        return ignoring(NO_JSON)
    if not text(at(call, "call_id")):
        return ignoring("a body without call_id")
    drafts = [_draft("call.ended", incoming, call, _ended(call))]
    if transferred := e164(at(call, "transferred_to")):
        fields: dict[str, Json] = {"transfer_to": transferred, "transfer_status": "bridged"}
        drafts.append(_draft("call.transferred", incoming, call, {**fields, "call_duration": _duration(call)}))
    return Reading(drafts=tuple(drafts))


def _draft(type: str, incoming: Incoming, call: Json, fields: dict[str, Json]) -> EventDraft:
    moment = read_time(first(call, "end_at", "started_at")) if at(call, "end_at") else None
    fields = {**_common(call), **fields}
    return draft(type, incoming, id=("bland", at(call, "call_id")), fields=fields, raw=call, occurred_at=moment)


def _common(call: Json) -> dict[str, Json]:
    direction = {True: "inbound", False: "outbound"}.get(at(call, "inbound") is True)
    return {
        **passed_through(at(call, "metadata"), at(call, "variables"), at(call, "variables.metadata")),
        **parties(direction, at(call, "from"), at(call, "to")),
        "call_id": text(at(call, "call_id")),
        "agent_id": text(first(call, "pathway_id", "persona_id")),
    }


def _ended(call: Json) -> dict[str, Json]:
    voicemail = at(call, "answered_by") == "voicemail"
    no_answer = at(call, "answered_by") == "no-answer"
    status = "voicemail" if voicemail else "no_answer" if no_answer else choice(at(call, "status"), _STATUSES)
    found = results(at(call, "analysis"), at(call, "variables"))
    return {
        **found,
        "answered_by": choice(at(call, "answered_by"), _ANSWERED),
        "call_duration": _duration(call),
        "call_status": status,
        "disconnection_reason": choice(at(call, "call_ended_by"), _REASONS),
        "disposition": text(at(call, "disposition_tag")) or found["disposition"],
        "summary": text(at(call, "summary")),
        "transcript": text(at(call, "concatenated_transcript")),
        "recording_url": text(at(call, "recording_url")),
        "in_voicemail": voicemail if at(call, "answered_by") else None,
        "call_cost": number(at(call, "price")),
    }


def _duration(call: Json) -> int | None:
    """`corrected_duration` is in seconds, `call_length` in minutes."""
    seconds = count(at(call, "corrected_duration"))
    return count(at(call, "call_length"), 60) if seconds is None else seconds


BLAND: Final = Platform(
    key="bland",
    verify=verify,
    read=read,
    needs_secret=False,
)
