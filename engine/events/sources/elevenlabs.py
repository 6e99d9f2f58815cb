"""ElevenLabs Agents. HMAC-SHA256 of the seconds and the body, half an hour back and five minutes ahead."""

from datetime import timedelta
from typing import Final

from engine.events.draft import EventDraft
from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import (
    at,
    choice,
    count,
    entries,
    first,
    members,
    parties,
    passed_through,
    results,
    text,
)
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import age_problem, mac, mismatch, moment_of, parts_of
from engine.events.times import read_epoch
from engine.model import Json

_OLDEST: Final = timedelta(minutes=30)
_STATUSES: Final = {
    "answered": "completed",
    "voicemail": "voicemail",
    "busy": "busy",
    "no_answer": "no_answer",
    "no-answer": "no_answer",
    "failed": "failed",
    "unknown": "failed",
}
_REASONS: Final = {"busy": "dial_busy", "no-answer": "dial_no_answer", "unknown": "dial_failed"}


def verify(incoming: Incoming, against: Verification) -> str | None:
    parts = parts_of(incoming.headers.get("elevenlabs-signature", ""))
    stamp, given = parts.get("t", ""), parts.get("v0", "")
    message = stamp.encode() + b"." + incoming.body
    wrong = mismatch([given], against.secrets, lambda secret: mac(secret, message))
    return wrong or age_problem(moment_of(stamp), against.now, oldest=_OLDEST)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    kind = at(document, "type")
    if document is None:
        return ignoring(NO_JSON)
    if kind == "post_call_transcription":
        return Reading(drafts=(_draft(incoming, document, _ended(at(document, "data"))),))
    if kind == "call_initiation_failure":
        return Reading(drafts=(_draft(incoming, document, _not_connected(at(document, "data"))),))
    return ignoring(kind)


def _draft(incoming: Incoming, document: Json, fields: dict[str, Json]) -> EventDraft:
    data = at(document, "data")
    return draft(
        "call.ended",
        incoming,
        id=("elevenlabs", at(document, "type"), at(data, "conversation_id")),
        fields={**_common(data), **fields},
        raw=document,
        occurred_at=read_epoch(at(document, "event_timestamp")),
    )


def _common(data: Json) -> dict[str, Json]:
    return {
        **passed_through(at(data, "conversation_initiation_client_data.dynamic_variables")),
        "call_id": text(at(data, "conversation_id")),
        "agent_id": text(at(data, "agent_id")),
        "agent_name": text(at(data, "agent_name")),
    }


def _numbers(call: Json) -> dict[str, Json]:
    person, ours, direction = at(call, "external_number"), at(call, "agent_number"), at(call, "direction")
    return parties(direction, *((person, ours) if direction == "inbound" else (ours, person)))


def _ended(data: Json) -> dict[str, Json]:
    call = at(data, "metadata.phone_call")
    status = choice(at(call, "call_result"), _STATUSES)
    collected = members(at(data, "analysis.data_collection_results"))
    values = {name: at(one, "value") for name, one in collected.items()}
    return {
        **_numbers(call),
        **results(values),
        "call_duration": count(at(data, "metadata.call_duration_secs")),
        "call_status": status or "completed",
        "in_voicemail": status == "voicemail" if status else None,
        "summary": text(at(data, "analysis.transcript_summary")),
        "transcript": _transcript(at(data, "transcript")),
    }


def _transcript(turns: Json) -> str | None:
    """The turns as lines, `user: Yes`."""
    lines = [
        f"{text(at(turn, 'role')) or 'unknown'}: {said}"
        for turn in entries(turns)
        if (said := text(at(turn, "message")))
    ]
    return "\n".join(lines) or None


def _not_connected(data: Json) -> dict[str, Json]:
    body, reason = at(data, "metadata.body"), at(data, "failure_reason")
    caller, called = first(body, "From", "from_number"), first(body, "To", "to_number")
    return {
        **parties("outbound", caller, called),
        "call_duration": 0,
        "call_status": choice(reason, _STATUSES) or "failed",
        "disconnection_reason": choice(reason, _REASONS) or "dial_failed",
    }


ELEVENLABS: Final = Platform(
    key="elevenlabs",
    verify=verify,
    read=read,
)
