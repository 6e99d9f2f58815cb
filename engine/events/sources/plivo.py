"""Plivo. HMAC-SHA256 of the public URL, the fields and a nonce, without a time. Its times have no zone."""

from typing import Final
from urllib.parse import urlsplit

from engine.events.sources.documents import document_of, draft, fields_of, ignoring
from engine.events.sources.fields import choice, count, e164, members, number, parties, text
from engine.events.sources.platform import Answer, Incoming, Platform, Reading, Verification
from engine.events.sources.signing import mac, mismatch
from engine.model import Json

_ENDED: Final = {
    "completed": "completed",
    "busy": "busy",
    "failed": "failed",
    "timeout": "no_answer",
    "no-answer": "no_answer",
    "cancel": "cancelled",
}
_REASONS: Final = {
    "busy": "dial_busy",
    "failed": "dial_failed",
    "timeout": "dial_no_answer",
    "no-answer": "dial_no_answer",
}
_MESSAGES: Final = {word: word for word in ("queued", "sent", "delivered", "undelivered", "failed")}


def verify(incoming: Incoming, against: Verification) -> str | None:
    given = incoming.headers.get("x-plivo-signature-v3", "").split(",")
    message = _signed(incoming, incoming.headers.get("x-plivo-signature-v3-nonce", ""))
    return mismatch(
        (one.strip() for one in given), against.secrets, lambda secret: mac(secret, message, "sha256", "base64")
    )


def _signed(incoming: Incoming, nonce: str) -> bytes:
    """`URL?sorted query.sorted fields.nonce`; the first dot stands between query and fields alone."""
    parts = urlsplit(incoming.url)
    query = "&".join(f"{name}={value}" for name, value in sorted(incoming.query))
    form = sorted(incoming.form) if incoming.method == "POST" else []
    fields = "".join(name + value for name, value in form)
    mark, dot = "?" if query or form else "", "." if query and form else ""
    url = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return f"{url}{mark}{query}{dot}{fields}.{nonce}".encode(errors="replace")


def read(incoming: Incoming) -> Reading:
    form = members(document_of(incoming)) if incoming.has_json else fields_of(incoming.form or incoming.query)
    if form.get("MessageUUID"):
        return _read_message(incoming, form)
    status = form.get("CallStatus")
    if choice(status, _ENDED) and form.get("Event") in ("Hangup", None):
        return _one("call.ended", incoming, form, _ended(form))
    if form.get("Event") == "StartApp" or status == "in-progress":
        return _one("call.answered", incoming, form, _call(form))
    if status == "ringing" or form.get("Event") == "Ring":
        return _one("call.started", incoming, form, _call(form))
    return ignoring(form.get("Event") or status)


def _one(type: str, incoming: Incoming, form: dict[str, Json], fields: dict[str, Json]) -> Reading:
    id = ("plivo", form.get("CallUUID"), form.get("CallStatus") if type == "call.ended" else type)
    return Reading(drafts=(draft(type, incoming, id=id, fields=fields, raw=form),))


def _call(form: dict[str, Json]) -> dict[str, Json]:
    return {**parties(form.get("Direction"), form.get("From"), form.get("To")), "call_id": text(form.get("CallUUID"))}


def _ended(form: dict[str, Json]) -> dict[str, Json]:
    machine = {"true": "machine", "false": "human"}.get(str(form.get("Machine")).lower())
    return {
        **_call(form),
        "answered_by": machine,
        "call_duration": count(form.get("Duration")),
        "call_status": choice(form.get("CallStatus"), _ENDED),
        "disconnection_reason": choice(form.get("CallStatus"), _REASONS),
        "call_cost": number(form.get("TotalCost")),
    }


def _read_message(incoming: Incoming, form: dict[str, Json]) -> Reading:
    """A message that was received has a text, and one that was sent a status."""
    status = form.get("Status")
    received = form.get("Text") is not None and status is None
    if not received and not choice(status, _MESSAGES):
        return ignoring(f"message {text(status)}")
    caller, called = e164(form.get("From")), e164(form.get("To"))
    fields: dict[str, Json] = {
        "message_id": text(form.get("MessageUUID")),
        "from_number": caller,
        "to_number": called,
        "phone_number": caller if received else called,
        "body": text(form.get("Text")),
    }
    if received:
        id = ("plivo", form["MessageUUID"])
        return Reading(drafts=(draft("sms.received", incoming, id=id, fields=fields, raw=form),))
    fields |= {
        "message_status": choice(status, _MESSAGES),
        "segments": count(form.get("Units")),
        "error_code": text(form.get("ErrorCode")),
    }
    id = ("plivo", form["MessageUUID"], status)
    return Reading(drafts=(draft("sms.sent", incoming, id=id, fields=fields, raw=form),))


PLIVO: Final = Platform(
    key="plivo",
    verify=verify,
    read=read,
    gets=True,
    answer=Answer(b"<Response/>", "text/xml"),
)
