"""Cal.com. HMAC-SHA256 of the body without a time: what is posted again is recognised by the booking and its time."""

from typing import Final

from engine.events.sources.documents import NO_JSON, document_of, draft, ignoring
from engine.events.sources.fields import at, choice, count, e164, first, passed_through, text
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.signing import mac, mismatch
from engine.events.sources.times import between, utc
from engine.events.times import read_time
from engine.model import Json

_TYPES: Final = {
    "BOOKING_CREATED": "appointment.scheduled",
    "BOOKING_CONFIRMED": "appointment.confirmed",
    "BOOKING_RESCHEDULED": "appointment.rescheduled",
    "BOOKING_CANCELLED": "appointment.cancelled",
    "BOOKING_REJECTED": "appointment.cancelled",
}
_PHONES: Final = ("responses.attendeePhoneNumber.value", "responses.smsReminderNumber.value", "smsReminderNumber")


def verify(incoming: Incoming, against: Verification) -> str | None:
    if not against.secrets:
        return None
    given = incoming.headers.get("x-cal-signature-256", "").removeprefix("no-secret-provided")
    return mismatch([given], against.secrets, lambda secret: mac(secret, incoming.body))


def read(incoming: Incoming) -> Reading:
    document = document_of(incoming)
    if document is None:
        return ignoring(NO_JSON)
    event, payload = at(document, "triggerEvent"), at(document, "payload")
    if not isinstance(event, str) or event not in _TYPES:
        return ignoring(event)
    if event == "BOOKING_CREATED" and at(payload, "status") not in ("ACCEPTED", None):
        return ignoring("BOOKING_CREATED that waits for confirmation")
    made = draft(
        _TYPES[event],
        incoming,
        id=("cal_com", event, at(payload, "uid"), at(document, "createdAt")),
        fields=_booking(payload) | _change(event, document),
        raw=document,
        occurred_at=read_time(at(document, "createdAt")),
    )
    return Reading(drafts=(made,))


def _booking(payload: Json) -> dict[str, Json]:
    """The person is the first attendee."""
    return {
        **passed_through(at(payload, "metadata"), at(payload, "attendees.0")),
        "timezone": text(at(payload, "attendees.0.timeZone")),
        "phone_number": e164(first(payload, "attendees.0.phoneNumber", *_PHONES), international=False),
        "appointment_id": text(at(payload, "uid")),
        "title": text(at(payload, "title")),
        "start_time": utc(at(payload, "startTime")),
        "end_time": utc(at(payload, "endTime")),
        "location": text(at(payload, "location")),
        "assigned_to": text(first(payload, "organizer.email", "organizer.name")),
        "calendar_id": text(at(payload, "destinationCalendar.externalId")),
        "notes": text(at(payload, "additionalNotes")),
    }


def _change(event: str, document: Json) -> dict[str, Json]:
    payload = at(document, "payload")
    if event == "BOOKING_RESCHEDULED":
        previous = first(payload, "rescheduleStartTime", "previousStartTime")
        return {"previous_start_time": utc(previous), "reschedule_count": count(at(payload, "rescheduleCount"))}
    if _TYPES[event] != "appointment.cancelled":
        return {}
    by, attendee = text(at(payload, "cancelledBy")), text(at(payload, "attendees.0.email"))
    organizer = text(at(payload, "organizer.email"))
    return {
        "cancelled_by": choice(by, {one.lower(): who for one, who in ((attendee, "lead"), (organizer, "user")) if one}),
        "cancel_reason": text(first(payload, "cancellationReason", "rejectionReason")),
        "notice": between(at(document, "createdAt"), at(payload, "startTime")),
    }


CAL_COM: Final = Platform(
    key="cal_com",
    verify=verify,
    read=read,
    needs_secret=False,
)
