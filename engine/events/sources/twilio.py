"""Twilio: status callbacks of calls and messages, incoming ones, and Event Streams.

HMAC-SHA1 of the public URL and all fields, or SHA-256 with a shared key; of JSON, the URL holds the body's hash. There
is no time in it, and the idempotency token is not signed: what is posted again is recognised by what it is about.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from engine.events.sources.documents import NO_JSON, document_of, draft, fields_of, ignoring, joined
from engine.events.sources.fields import at, choice, count, entries, members, number, parties, text
from engine.events.sources.platform import Answer, Incoming, Platform, Reading, Verification
from engine.events.sources.signing import WRONG_SIGNATURE, mac, mismatch, parts_of, same
from engine.events.times import read_time
from engine.model import Json

_ENDED: Final = {
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "cancelled",
}
_REASONS: Final = {"busy": "dial_busy", "no-answer": "dial_no_answer", "failed": "dial_failed"}
_MESSAGES: Final = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
}
_ANSWERED: Final = {"human": "human", "fax": "machine", "unknown": "unknown"}
_MOST: Final = 1_000
"""That one request may hold, as at our own door."""
_PORTS: Final = {"https": 443, "http": 80}


def verify(incoming: Incoming, against: Verification) -> str | None:
    settings = parts_of(incoming.headers.get("x-twilio-webhooks-signature-settings", ""))
    algorithm = "sha256" if settings.get("algorithm", "").upper() == "HMAC_SHA256" else "sha1"
    hashed = dict(incoming.query).get("bodySHA256")
    if hashed is not None and not same(hashed, sha256(incoming.body).hexdigest()):
        return WRONG_SIGNATURE
    signed = "" if hashed is not None else _signed_fields(incoming)
    given, problem = incoming.headers.get("x-twilio-signature", ""), None
    for url in _spellings(incoming.url):
        message = (url + signed).encode(errors="replace")
        problem = mismatch([given], against.secrets, lambda secret, of=message: mac(secret, of, algorithm, "base64"))
        if problem is None:
            return None
    return problem


def read(incoming: Incoming) -> Reading:
    if not incoming.has_json:
        return _read_form(incoming, fields_of(incoming.form or incoming.query))
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    events = entries(document) or [document]
    return joined(_read_stream(incoming, event) for event in events[:_MOST])


def _signed_fields(incoming: Incoming) -> str:
    return "".join(name + value for name, value in sorted(set(incoming.form)))


def _spellings(url: str) -> list[str]:
    """With the port and without it: which of them Twilio signs depends on the kind of request."""
    parts = urlsplit(url)
    port = f":{_PORTS.get(parts.scheme, 443)}"
    bare = parts.netloc.removesuffix(port)
    other = bare if bare != parts.netloc else f"{bare}{port}"
    return [url, url.replace(parts.netloc, other, 1)] if parts.netloc else [url]


def _read_stream(incoming: Incoming, event: Json) -> Reading:
    """Its data names the same fields, in another case."""
    kind, data = at(event, "type"), at(event, "data")
    if not isinstance(kind, str) or not kind.startswith("com.twilio.") or not isinstance(data, dict):
        return ignoring(kind)
    form = {name[:1].upper() + name[1:]: value for name, value in members(data).items()}
    if kind.startswith("com.twilio.messaging.message."):
        form["MessageStatus"] = kind.rpartition(".")[2]
    elif kind == "com.twilio.messaging.inbound-message.received":
        form["SmsStatus"] = "received"
    elif not kind.startswith("com.twilio.voice.status-callback."):
        return ignoring(kind)
    return _read_form(incoming, form, raw=event, moment=read_time(at(event, "time")))


def _read_form(incoming: Incoming, form: dict[str, Json], raw: Json = None, moment: datetime | None = None) -> Reading:
    status = form.get("MessageStatus") or form.get("SmsStatus")
    raw, moment = raw or dict(form), moment or _moment(form.get("Timestamp"))
    message_id = form.get("MessageSid") or form.get("SmsSid")
    if message_id and status in ("received", "receiving"):
        return _one("sms.received", incoming, (message_id,), _received(form), raw, moment)
    if message_id and (known := choice(status, _MESSAGES)):
        return _one("sms.sent", incoming, (message_id, status), {**_sent(form), "message_status": known}, raw, moment)
    if form.get("CallSid") and (type := _call_type(form)):
        parts = (form["CallSid"], form.get("CallStatus"))
        return _one(type, incoming, parts, _call(form) if type != "call.ended" else _ended(form), raw, moment)
    return ignoring(_what(form))


def _one(
    type: str,
    incoming: Incoming,
    id: tuple[Json, ...],
    fields: dict[str, Json],
    raw: Json,
    moment: datetime | None,
) -> Reading:
    made = draft(type, incoming, id=("twilio", *id), fields=fields, raw=raw, occurred_at=moment)
    return Reading(drafts=(made,))


def _call_type(form: dict[str, Json]) -> str | None:
    """An outbound call begins with `initiated`, an inbound one with `ringing`."""
    status, inbound = form.get("CallStatus"), form.get("Direction") == "inbound"
    if status == "initiated" or (status == "ringing" and inbound):
        return "call.started"
    if status == "in-progress":
        return "call.answered"
    return "call.ended" if choice(status, _ENDED) else None


def _what(form: dict[str, Json]) -> str:
    for name in ("CallStatus", "RecordingStatus", "MessageStatus", "SmsStatus", "AnsweredBy"):
        if word := text(form.get(name)):
            return f"{name} {word}"
    return "a request without a status"


def _call(form: dict[str, Json]) -> dict[str, Json]:
    inbound = form.get("Direction") == "inbound"
    return {
        **parties(form.get("Direction"), form.get("From"), form.get("To")),
        "call_id": text(form.get("CallSid")),
        "city": text(form.get("FromCity")) if inbound else None,
        "country": text(form.get("FromCountry")) if inbound else None,
        "answered_by": _answered_by(form) if form.get("CallStatus") == "in-progress" else None,
    }


def _ended(form: dict[str, Json]) -> dict[str, Json]:
    price, answered_by = number(form.get("Price")), _answered_by(form)
    status, machine = choice(form.get("CallStatus"), _ENDED), answered_by == "machine"
    return {
        **_call(form),
        "answered_by": answered_by,
        "call_duration": count(form.get("CallDuration")),
        "call_status": "voicemail" if machine and status == "completed" else status,
        "disconnection_reason": choice(form.get("CallStatus"), _REASONS),
        "recording_url": text(form.get("RecordingUrl")),
        "in_voicemail": machine if answered_by else None,
        "call_cost": abs(price) if price is not None and form.get("PriceUnit") == "USD" else None,
    }


def _answered_by(form: dict[str, Json]) -> str | None:
    word = text(form.get("AnsweredBy")) or ""
    return "machine" if word.startswith("machine") else choice(word, _ANSWERED)


def _sent(form: dict[str, Json]) -> dict[str, Json]:
    numbers = parties("outbound", form.get("From"), form.get("To"))
    return {
        **{name: value for name, value in numbers.items() if name != "direction"},
        "message_id": text(form.get("MessageSid") or form.get("SmsSid")),
        "body": text(form.get("Body")),
        "segments": count(form.get("NumSegments")),
        "error_code": text(form.get("ErrorCode")),
    }


def _received(form: dict[str, Json]) -> dict[str, Json]:
    numbers = parties("inbound", form.get("From"), form.get("To"))
    keyword = text(form.get("OptOutType"))
    return {
        **{name: value for name, value in numbers.items() if name != "direction"},
        "message_id": text(form.get("MessageSid") or form.get("SmsSid")),
        "body": text(form.get("Body")),
        "keyword": keyword,
        "opt_out": keyword == "STOP",
        "num_media": count(form.get("NumMedia")),
        "city": text(form.get("FromCity")),
        "country": text(form.get("FromCountry")),
    }


def _moment(value: Json) -> datetime | None:
    """Twilio writes the times of forms as e-mail does."""
    if not isinstance(value, str):
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return read_time(value)


TWILIO: Final = Platform(
    key="twilio",
    verify=verify,
    read=read,
    gets=True,
    answer=Answer(b"<Response/>", "text/xml"),
)
