"""Synthflow. HMAC-SHA256 of the call's id alone, in base64: it proves the sender, and not what is said of the call."""

from typing import Final

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import (
    SENTIMENTS,
    at,
    choice,
    count,
    e164,
    first,
    members,
    passed_through,
    results,
    text,
)
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import mac, mismatch
from engine.model import Json

_HEADERS: Final = ("http_synthflow_signature", "http-synthflow-signature", "synthflow-signature")
"""It is documented in the spelling of CGI; proxies drop names with underscores, or turn them into hyphens."""
_STATUSES: Final = {
    "completed": "completed",
    "no-answer": "no_answer",
    "busy": "busy",
    "failed": "failed",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "hangup_on_voicemail": "voicemail",
    "left_voicemail": "voicemail",
}
_REASONS: Final = {
    "human_goodbye": "user_hangup",
    "agent_goodbye": "agent_hangup",
    "voicemail": "voicemail_reached",
}


def verify(incoming: Incoming, against: Verification) -> str | None:
    if not against.secrets:
        return None
    call_id = text(at(document_of(incoming), "call.call_id")) or ""
    given = [incoming.headers.get(name, "") for name in _HEADERS]
    return mismatch(given, against.secrets, lambda secret: mac(secret, call_id.encode(), "sha256", "base64"))


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    call_id = text(at(document, "call.call_id"))
    if not call_id:
        return ignoring("a body without call_id")
    made = draft("call.ended", incoming, id=("synthflow", call_id), fields=_ended(document), raw=document)
    return Reading(drafts=(made,))


def _ended(document: Json) -> dict[str, Json]:
    status = choice(first(document, "call.status", "status"), _STATUSES)
    mood = choice(at(document, "analysis.user_sentiment"), SENTIMENTS)
    found = results(*_returned(document))
    return {
        **passed_through(at(document, "lead.prompt_variables"), at(document, "lead")),
        **found,
        "phone_number": e164(at(document, "lead.phone_number")),
        "call_id": text(at(document, "call.call_id")),
        "agent_id": text(first(document, "call.model_id", "call.assistant_id")),
        "call_duration": count(at(document, "call.duration")),
        "call_status": status,
        "disconnection_reason": choice(at(document, "call.end_call_reason"), _REASONS),
        "sentiment": mood or found["sentiment"],
        "summary": text(at(document, "analysis.call_summary")),
        "transcript": text(at(document, "call.transcript")),
        "recording_url": text(at(document, "call.recording_url")),
        "in_voicemail": status == "voicemail" if status else None,
    }


def _returned(document: Json) -> list[Json]:
    """What each action of the agent returned."""
    return [at(one, "return_value") for one in members(at(document, "executed_actions")).values()]


SYNTHFLOW: Final = Platform(
    key="synthflow",
    verify=verify,
    read=read,
    needs_secret=False,
)
