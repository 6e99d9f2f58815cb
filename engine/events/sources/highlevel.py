"""HighLevel. Ed25519 of the body by HighLevel's one key, without a time; the older RSA signature has ended.

It tries again after a 429 alone, six times, ten minutes apart.
"""

from http import HTTPStatus
from typing import Final, cast

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import at, choice, count, e164, entries, first, parties, passed_through, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import ed25519_mismatch
from engine.events.sources.times import utc
from engine.events.times import read_time
from engine.model import Json

PUBLIC_KEY: Final = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg="
"""As HighLevel publishes it; a source with a key of its own uses that."""

_APPOINTMENTS: Final = ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete")
_APPOINTMENT_TYPES: Final = {
    ("AppointmentCreate", "new"): "appointment.scheduled",
    ("AppointmentCreate", "booked"): "appointment.scheduled",
    ("AppointmentCreate", "confirmed"): "appointment.scheduled",
    ("AppointmentUpdate", "confirmed"): "appointment.confirmed",
    ("AppointmentUpdate", "cancelled"): "appointment.cancelled",
}
_CALLS: Final = {
    "completed": "completed",
    "answered": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "cancelled",
    "voicemail": "voicemail",
}
_MESSAGES: Final = {
    "pending": "queued",
    "scheduled": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
}


def verify(incoming: Incoming, against: Verification) -> str | None:
    keys = against.secrets or (PUBLIC_KEY,)
    return ed25519_mismatch(incoming.headers.get("x-ghl-signature", ""), keys, incoming.body)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    kind = at(document, "type")
    if kind in _APPOINTMENTS:
        return _read_appointment(incoming, document)
    if kind in ("InboundMessage", "OutboundMessage"):
        return _read_message(incoming, document)
    if kind == "ContactCreate":
        return _one("lead.generated", incoming, document, {**_person(document), "lead_source": _source(document)})
    if kind == "OpportunityStatusUpdate":
        fields: dict[str, Json] = {**_contact(document), "new_status": text(at(document, "status"))}
        return _one("lead.status_changed", incoming, document, fields)
    if kind == "TaskCreate":
        return _one("task.created", incoming, document, _task(document))
    return ignoring(kind)


def _one(type: str, incoming: Incoming, document: Json, fields: dict[str, Json]) -> Reading:
    moment = read_time(first(document, "dateUpdated", "dateAdded", "timestamp"))
    made = draft(type, incoming, id=("highlevel", *_same(document)), fields=fields, raw=document, occurred_at=moment)
    return Reading(drafts=(made,))


def _same(document: Json) -> tuple[Json, ...]:
    """The id of the webhook, else what it is about and when that changed."""
    if webhook := text(at(document, "webhookId")):
        return (webhook,)
    about = first(document, "messageId", "appointment.id", "id", "contactId")
    changed = first(document, "appointment.dateUpdated", "dateUpdated", "dateAdded", "appointment.dateAdded")
    return (at(document, "type"), about, changed)


def _contact(document: Json) -> dict[str, Json]:
    return {"contact_id": text(first(document, "contactId", "appointment.contactId"))}


def _source(document: Json) -> str | None:
    return text(at(document, "source"))


def _person(document: Json) -> dict[str, Json]:
    tags = [one for one in entries(at(document, "tags")) if isinstance(one, str)]
    own = passed_through(document)
    return {
        **own,
        "contact_id": text(first(document, "id", "contactId")),
        "first_name": text(at(document, "firstName")) or own["first_name"],
        "last_name": text(at(document, "lastName")) or own["last_name"],
        "phone_number": e164(at(document, "phone"), international=False),
        "tags": tags or None,
    }


def _read_appointment(incoming: Incoming, document: Json) -> Reading:
    kind, visit = at(document, "type"), at(document, "appointment")
    status = (text(at(visit, "appointmentStatus")) or "").lower()
    deleted = "appointment.cancelled" if kind == "AppointmentDelete" else None
    type = deleted or _APPOINTMENT_TYPES.get((cast("str", kind), status))
    if type is None:
        return ignoring(f"{kind} {status}")
    return _one(type, incoming, document, _appointment(document))


def _appointment(document: Json) -> dict[str, Json]:
    visit = at(document, "appointment")
    return {
        **_contact(document),
        "appointment_id": text(at(visit, "id")),
        "title": text(at(visit, "title")),
        "start_time": utc(at(visit, "startTime")),
        "end_time": utc(at(visit, "endTime")),
        "location": text(at(visit, "address")),
        "assigned_to": text(at(visit, "assignedUserId")),
        "calendar_id": text(at(visit, "calendarId")),
        "notes": text(at(visit, "notes")),
    }


def _read_message(incoming: Incoming, document: Json) -> Reading:
    medium, inbound = at(document, "messageType"), at(document, "type") == "InboundMessage"
    numbers = parties("inbound" if inbound else "outbound", at(document, "from"), at(document, "to"))
    if medium == "CALL":
        return _one("call.ended", incoming, document, _call(document) | numbers)
    if medium != "SMS":
        return ignoring(f"message {text(medium)}")
    del numbers["direction"]
    fields = _contact(document) | numbers
    fields |= {"message_id": text(at(document, "messageId")), "body": text(at(document, "body"))}
    if inbound:
        return _one("sms.received", incoming, document, fields)
    status = choice(at(document, "status"), _MESSAGES)
    return _one("sms.sent", incoming, document, {**fields, "message_status": status})


def _call(document: Json) -> dict[str, Json]:
    return {
        **_contact(document),
        "call_id": text(at(document, "messageId")),
        "call_duration": count(at(document, "callDuration")),
        "call_status": choice(at(document, "callStatus"), _CALLS),
        "recording_url": text(at(document, "attachments.0")),
    }


def _task(document: Json) -> dict[str, Json]:
    return {
        **_contact(document),
        "task_id": text(at(document, "id")),
        "title": text(at(document, "title")),
        "due_at": utc(at(document, "dueDate")),
        "assigned_to": text(at(document, "assignedTo")),
    }


HIGHLEVEL: Final = Platform(
    key="highlevel",
    verify=verify,
    read=read,
    needs_secret=False,
    busy=HTTPStatus.TOO_MANY_REQUESTS,
)
