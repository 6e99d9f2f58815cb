"""Calendly. HMAC-SHA256 of the seconds and the body, three minutes either way. A 410 would delete its subscription.

To reschedule is to cancel and to book anew: the booking says so, and the cancellation is left out.
"""

from datetime import timedelta
from typing import Final

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import at, choice, e164, entries, first, passed_through, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import age_problem, mac, mismatch, moment_of, parts_of
from engine.events.sources.times import between, utc
from engine.events.times import read_time
from engine.model import Json

_TOLERANCE: Final = timedelta(minutes=3)
_CANCELLED_BY: Final = {"host": "user", "invitee": "lead"}
_ASKS_NUMBER: Final = ("phone", "mobile", "number to call")


def verify(incoming: Incoming, against: Verification) -> str | None:
    parts = parts_of(incoming.headers.get("calendly-webhook-signature", ""))
    stamp = parts.get("t", "")
    message = stamp.encode() + b"." + incoming.body
    wrong = mismatch([parts.get("v1", "")], against.secrets, lambda secret: mac(secret, message))
    return wrong or age_problem(moment_of(stamp), against.now, oldest=_TOLERANCE, newest=_TOLERANCE)


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    event, payload = at(document, "event"), at(document, "payload")
    if event == "invitee.created":
        again = text(at(payload, "old_invitee"))
        moved: dict[str, Json] = {"rescheduled_by": "lead"} if again else {}
        return _one("appointment.rescheduled" if again else "appointment.scheduled", incoming, document, moved)
    if event == "invitee.canceled" and at(payload, "rescheduled") is True:
        return ignoring("invitee.canceled of what was rescheduled: the new booking says so")
    if event == "invitee.canceled":
        return _one("appointment.cancelled", incoming, document, _cancelled(document))
    return ignoring(event)


def _one(type: str, incoming: Incoming, document: Json, fields: dict[str, Json]) -> Reading:
    made = draft(
        type,
        incoming,
        id=("calendly", at(document, "event"), at(document, "payload.uri")),
        fields=_booking(at(document, "payload")) | fields,
        raw=document,
        occurred_at=read_time(at(document, "created_at")),
    )
    return Reading(drafts=(made,))


def _booking(payload: Json) -> dict[str, Json]:
    return {
        **passed_through(at(payload, "tracking"), payload),
        "phone_number": e164(_number(payload), international=False),
        "appointment_id": text(at(payload, "uri")),
        "title": text(at(payload, "scheduled_event.name")),
        "start_time": utc(at(payload, "scheduled_event.start_time")),
        "end_time": utc(at(payload, "scheduled_event.end_time")),
        "location": text(first(payload, "scheduled_event.location.location", "scheduled_event.location.join_url")),
        "assigned_to": text(at(payload, "scheduled_event.event_memberships.0.user_email")),
        "calendar_id": text(at(payload, "scheduled_event.event_type")),
    }


def _number(payload: Json) -> Json:
    """The number for reminders, else the answer to a question that asks for one."""
    asked = (
        at(one, "answer")
        for one in entries(at(payload, "questions_and_answers"))
        if any(word in (text(at(one, "question")) or "").lower() for word in _ASKS_NUMBER)
    )
    return first(payload, "text_reminder_number") or next(asked, None)


def _cancelled(document: Json) -> dict[str, Json]:
    payload = at(document, "payload")
    return {
        "cancelled_by": choice(at(payload, "cancellation.canceler_type"), _CANCELLED_BY),
        "cancel_reason": text(at(payload, "cancellation.reason")),
        "notice": between(at(document, "created_at"), at(payload, "scheduled_event.start_time")),
    }


CALENDLY: Final = Platform(
    key="calendly",
    verify=verify,
    read=read,
)
