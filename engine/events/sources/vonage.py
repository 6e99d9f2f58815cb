"""Vonage: events of calls, and inbound messages. A JWT (HS256) in `Authorization`, with the SHA-256 of the body in it.

Messages are posted again for a day, so that a token of that age is taken still.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Final

import orjson

from engine.events.sources.documents import NO_JSON, document_of, draft, fields_of, ignoring
from engine.events.sources.fields import at, choice, count, e164, first, parties, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import NO_SIGNATURE, TOO_OLD, WRONG_SIGNATURE, age_problem, mismatch, same
from engine.events.sources.signing import mac as hmac_of
from engine.events.times import read_epoch, read_time
from engine.model import Json

_OLDEST: Final = timedelta(hours=25)
_STARTED: Final = ("started", "ringing")
_ENDED: Final = {
    "completed": "completed",
    "busy": "busy",
    "timeout": "no_answer",
    "unanswered": "no_answer",
    "rejected": "failed",
    "failed": "failed",
    "cancelled": "cancelled",
}
_REASONS: Final = {
    "busy": "dial_busy",
    "timeout": "dial_no_answer",
    "unanswered": "dial_no_answer",
    "rejected": "dial_failed",
    "failed": "dial_failed",
}
_ANSWERED: Final = {"machine": "machine", "human": "human"}


def verify(incoming: Incoming, against: Verification) -> str | None:
    scheme, _, token = incoming.headers.get("authorization", "").partition(" ")
    signed, _, signature = token.strip().rpartition(".")
    claims = _claims(signed)
    if scheme.lower() != "bearer" or claims is None:
        return NO_SIGNATURE
    wrong = mismatch([signature], against.secrets, lambda secret: _signature(secret, signed))
    if wrong or not _is_of(claims, incoming):
        return wrong or WRONG_SIGNATURE
    ends = read_epoch(at(claims, "exp"))
    if ends is not None and against.now > ends:
        return TOO_OLD
    return age_problem(read_epoch(at(claims, "iat")), against.now, oldest=_OLDEST)


def _claims(signed: str) -> Json:
    """None unless the token is one of HS256."""
    head, _, claims = signed.partition(".")
    try:
        known = at(orjson.loads(_decoded(head)), "alg") == "HS256"
        return orjson.loads(_decoded(claims)) if known else None
    except (binascii.Error, ValueError):
        return None


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _signature(secret: str, signed: str) -> str:
    digest = bytes.fromhex(hmac_of(secret, signed.encode()))
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _is_of(claims: Json, incoming: Incoming) -> bool:
    hashed = text(at(claims, "payload_hash"))
    if not incoming.body:
        return True
    return hashed is not None and same(hashed, sha256(incoming.body).hexdigest())


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming) if incoming.body else fields_of(incoming.query)
    if document is None:
        return ignoring(NO_JSON)
    if text(at(document, "message_uuid")):
        return _read_message(incoming, document)
    status = at(document, "status")
    if status in _STARTED:
        return _one("call.started", incoming, document, status, _call(document))
    if status == "answered":
        return _one("call.answered", incoming, document, status, _call(document))
    if choice(status, _ENDED):
        return _one("call.ended", incoming, document, status, _ended(document))
    return ignoring(status)


def _one(type: str, incoming: Incoming, document: Json, status: Json, fields: dict[str, Json]) -> Reading:
    """A call starts once, whether it is said to be started or to be ringing."""
    moment = read_time(at(document, "timestamp"))
    of = "started" if type == "call.started" else status
    made = draft(
        type, incoming, id=("vonage", at(document, "uuid"), of), fields=fields, raw=document, occurred_at=moment
    )
    return Reading(drafts=(made,))


def _call(document: Json) -> dict[str, Json]:
    return {
        **parties(at(document, "direction"), at(document, "from"), at(document, "to")),
        "call_id": text(at(document, "uuid")),
    }


def _ended(document: Json) -> dict[str, Json]:
    """The price is in EUR, and so no `call_cost`, which is in USD."""
    status = at(document, "status")
    return {
        **_call(document),
        "answered_by": choice(at(document, "machine_detection"), _ANSWERED),
        "call_duration": count(at(document, "duration")),
        "call_status": choice(status, _ENDED),
        "disconnection_reason": choice(status, _REASONS),
        "recording_url": text(at(document, "recording_url")),
    }


def _read_message(incoming: Incoming, document: Json) -> Reading:
    if at(document, "status") is not None or at(document, "channel") not in ("sms", None):
        return ignoring(f"message {text(first(document, 'status', 'channel'))}")
    fields: dict[str, Json] = {
        "message_id": text(at(document, "message_uuid")),
        "from_number": e164(at(document, "from")),
        "to_number": e164(at(document, "to")),
        "phone_number": e164(at(document, "from")),
        "body": text(at(document, "text")),
    }
    made = draft(
        "sms.received",
        incoming,
        id=("vonage", at(document, "message_uuid")),
        fields=fields,
        raw=document,
        occurred_at=read_time(at(document, "timestamp")),
    )
    return Reading(drafts=(made,))


VONAGE: Final = Platform(
    key="vonage",
    verify=verify,
    read=read,
    gets=True,
)
