"""What calendars and CRMs say, in our types and fields; the bodies are shaped as they document them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.events.sources.requests import ignored, mapped, only, post, reading


def cal_com(event: str = "BOOKING_CREATED", **payload: Any) -> dict[str, Any]:
    known = {
        "uid": "bk9",
        "title": "Visit",
        "startTime": "2025-09-12T16:00:00Z",
        "endTime": "2025-09-12T18:30:00+02:00",
        "status": "ACCEPTED",
        "organizer": {"email": "maria@example.com"},
        "attendees": [{"name": "Zoë Díaz", "email": "zoe@example.com", "timeZone": "America/Los_Angeles"}],
        "responses": {"attendeePhoneNumber": {"value": "+1 415-555-0132"}},
        "metadata": {"lead_id": "lead_48213"},
    }
    return {"triggerEvent": event, "createdAt": "2025-09-09T16:00:00.000Z", "payload": known | payload}


BOOKED = {
    "lead_id": "lead_48213",
    "first_name": "Zoë",
    "last_name": "Díaz",
    "email": "zoe@example.com",
    "timezone": "America/Los_Angeles",
    "phone_number": "+14155550132",
    "appointment_id": "bk9",
    "title": "Visit",
    "start_time": "2025-09-12T16:00:00Z",
    "end_time": "2025-09-12T16:30:00Z",
    "assigned_to": "maria@example.com",
}


def test_a_booking_of_cal_com() -> None:
    draft = only("cal_com", cal_com())
    assert (draft.type, draft.occurred_at) == ("appointment.scheduled", datetime(2025, 9, 9, 16, tzinfo=UTC))
    assert draft.id == "cal_com:BOOKING_CREATED:bk9:2025-09-09T16:00:00.000Z:appointment.scheduled"
    assert mapped("cal_com", cal_com()) == BOOKED
    assert only("cal_com", cal_com("BOOKING_CONFIRMED")).type == "appointment.confirmed"


def test_a_booking_of_cal_com_is_moved() -> None:
    body = cal_com("BOOKING_RESCHEDULED", rescheduleStartTime="2025-09-11T16:00:00Z")
    assert mapped("cal_com", body) == {**BOOKED, "previous_start_time": "2025-09-11T16:00:00Z"}


@pytest.mark.parametrize(
    ("by", "who"), [("zoe@example.com", "lead"), ("Maria@example.com", "user"), ("x@example.com", None), (None, None)]
)
def test_a_booking_of_cal_com_is_cancelled(by: str | None, who: str | None) -> None:
    found = mapped("cal_com", cal_com("BOOKING_CANCELLED", cancelledBy=by, cancellationReason="Ill"))
    assert (found.get("cancelled_by"), found["cancel_reason"], found["notice"]) == (who, "Ill", 72.0)


def test_a_booking_without_times_or_organizer_is_cancelled() -> None:
    found = mapped("cal_com", cal_com("BOOKING_REJECTED", startTime="soon", organizer=None, attendees=[]))
    assert found.keys().isdisjoint({"start_time", "notice", "assigned_to", "email"})


def test_other_messages_of_cal_com_are_ignored() -> None:
    assert ignored("cal_com", cal_com(status="PENDING")) == ("BOOKING_CREATED that waits for confirmation",)
    assert ignored("cal_com", cal_com("MEETING_ENDED")) == ("MEETING_ENDED",)
    assert ignored("cal_com", b"name=x") == ("a body that cannot be read as JSON",)


def calendly(event: str = "invitee.created", **payload: Any) -> dict[str, Any]:
    known = {
        "uri": "https://api.calendly.com/scheduled_events/E1/invitees/I1",
        "name": "Zoë Díaz",
        "email": "zoe@example.com",
        "timezone": "America/Los_Angeles",
        "rescheduled": False,
        "old_invitee": None,
        "text_reminder_number": "+1 415-555-0132",
        "scheduled_event": {
            "name": "Visit",
            "start_time": "2025-09-12T16:00:00.000000Z",
            "end_time": "2025-09-12T16:30:00.000000Z",
            "location": {"join_url": "https://example.com/meet"},
        },
    }
    return {"event": event, "created_at": "2025-09-09T16:00:00.000000Z", "payload": known | payload}


def test_an_invitee_of_calendly() -> None:
    assert only("calendly", calendly()).type == "appointment.scheduled"
    assert mapped("calendly", calendly()) == {
        "first_name": "Zoë",
        "last_name": "Díaz",
        "email": "zoe@example.com",
        "timezone": "America/Los_Angeles",
        "phone_number": "+14155550132",
        "appointment_id": "https://api.calendly.com/scheduled_events/E1/invitees/I1",
        "title": "Visit",
        "start_time": "2025-09-12T16:00:00Z",
        "end_time": "2025-09-12T16:30:00Z",
        "location": "https://example.com/meet",
    }


def test_the_number_may_be_the_answer_to_a_question() -> None:
    answers = [{"question": "Company?", "answer": "x"}, {"question": "Phone number", "answer": "+14155550132"}]
    found = mapped(
        "calendly",
        calendly(text_reminder_number=None, questions_and_answers=answers, first_name="Zo", last_name="D"),
    )
    assert (found["phone_number"], found["first_name"], found["last_name"]) == ("+14155550132", "Zo", "D")
    assert "phone_number" not in mapped("calendly", calendly(text_reminder_number=None))


def test_to_move_an_appointment_is_one_event() -> None:
    draft = only("calendly", calendly(old_invitee="https://api.calendly.com/…/I0"))
    assert (draft.type, draft.data["rescheduled_by"]) == ("appointment.rescheduled", "lead")
    reason = "invitee.canceled of what was rescheduled: the new booking says so"
    assert ignored("calendly", calendly("invitee.canceled", rescheduled=True)) == (reason,)


def test_an_invitee_of_calendly_cancels() -> None:
    found = mapped("calendly", calendly("invitee.canceled", cancellation={"canceler_type": "invitee", "reason": "Ill"}))
    assert (found["cancelled_by"], found["cancel_reason"], found["notice"]) == ("lead", "Ill", 72.0)


def test_other_messages_of_calendly_are_ignored() -> None:
    assert ignored("calendly", calendly("routing_form_submission.created")) == ("routing_form_submission.created",)
    assert ignored("calendly", b"") == ("a body that cannot be read as JSON",)


def highlevel(type: str, **fields: Any) -> dict[str, Any]:
    return {"type": type, "locationId": "loc1", "contactId": "ghl_1", "dateAdded": "2025-09-09T14:30:07Z"} | fields


def test_a_call_of_highlevel() -> None:
    body = highlevel(
        "InboundMessage",
        messageId="m1",
        messageType="CALL",
        callDuration=187,
        callStatus="completed",
        **{"from": "+14155550132", "to": "+14155550100"},
    )
    draft = only("highlevel", body)
    assert (draft.type, draft.occurred_at) == ("call.ended", datetime(2025, 9, 9, 14, 30, 7, tzinfo=UTC))
    assert draft.id == "highlevel:InboundMessage:m1:2025-09-09T14:30:07Z:call.ended"
    assert mapped("highlevel", body) == {
        "contact_id": "ghl_1",
        "call_id": "m1",
        "call_duration": 187,
        "call_status": "completed",
        "direction": "inbound",
        "from_number": "+14155550132",
        "to_number": "+14155550100",
        "phone_number": "+14155550132",
    }


def test_the_id_of_the_webhook_is_that_of_the_event() -> None:
    draft = only("highlevel", highlevel("ContactCreate", webhookId="w1"))
    assert draft.id == "highlevel:w1:lead.generated"


def test_messages_of_highlevel() -> None:
    known = {"messageId": "m1", "messageType": "SMS", "body": "Yes", "from": "+14155550132", "to": "+14155550100"}
    received = only("highlevel", highlevel("InboundMessage", **known))
    assert (received.type, received.data["phone_number"]) == ("sms.received", "+14155550132")
    sent = only("highlevel", highlevel("OutboundMessage", **known, status="delivered"))
    assert (sent.type, sent.data["message_status"]) == ("sms.sent", "delivered")
    assert ignored("highlevel", highlevel("InboundMessage", messageType="Email")) == ("message Email",)


@pytest.mark.parametrize(
    ("kind", "status", "type"),
    [
        ("AppointmentCreate", "new", "appointment.scheduled"),
        ("AppointmentCreate", "confirmed", "appointment.scheduled"),
        ("AppointmentUpdate", "confirmed", "appointment.confirmed"),
        ("AppointmentUpdate", "cancelled", "appointment.cancelled"),
        ("AppointmentDelete", "confirmed", "appointment.cancelled"),
    ],
)
def test_appointments_of_highlevel(kind: str, status: str, type: str) -> None:
    visit = {"id": "a1", "title": "Visit", "startTime": "2025-09-12T09:00:00-07:00", "appointmentStatus": status}
    draft = only("highlevel", highlevel(kind, appointment=visit))
    assert (draft.type, draft.data["start_time"]) == (type, "2025-09-12T16:00:00Z")


def test_a_no_show_is_ignored() -> None:
    body = highlevel("AppointmentUpdate", appointment={"id": "a1", "appointmentStatus": "noshow"})
    assert ignored("highlevel", body) == ("AppointmentUpdate noshow",)
    assert ignored("highlevel", highlevel("AppointmentUpdate")) == ("AppointmentUpdate ",)


def test_contacts_opportunities_and_tasks_of_highlevel() -> None:
    contact = mapped(
        "highlevel",
        highlevel(
            "ContactCreate", id="c1", firstName="Zoë", email="zoe@example.com", phone="+14155550132", tags=["a", 1]
        ),
    )
    assert contact == {
        "contact_id": "c1",
        "first_name": "Zoë",
        "email": "zoe@example.com",
        "phone_number": "+14155550132",
        "tags": ["a"],
    }
    changed = only("highlevel", highlevel("OpportunityStatusUpdate", status="won"))
    assert (changed.type, changed.data["new_status"]) == ("lead.status_changed", "won")
    task = only("highlevel", highlevel("TaskCreate", id="t1", title="Call", dueDate="2025-09-12T16:00:00Z"))
    assert (task.type, task.data["due_at"]) == ("task.created", "2025-09-12T16:00:00Z")


def test_other_messages_of_highlevel_are_ignored() -> None:
    assert ignored("highlevel", highlevel("LocationUpdate")) == ("LocationUpdate",)
    assert ignored("highlevel", b"") == ("a body that cannot be read as JSON",)


def hubspot(**fields: Any) -> dict[str, Any]:
    known = {
        "eventId": 1,
        "subscriptionId": 7,
        "portalId": 62515,
        "occurredAt": 1757428207123,
        "subscriptionType": "contact.propertyChange",
        "objectId": 123,
        "propertyName": "hs_lead_status",
        "propertyValue": "CONNECTED",
        "changeSource": "CRM_UI",
    }
    return known | fields


def test_a_status_in_hubspot_changes() -> None:
    draft = only("hubspot", [hubspot()])
    assert (draft.type, draft.id) == ("lead.status_changed", "hubspot:62515:7:1:123:lead.status_changed")
    assert draft.occurred_at == datetime(2025, 9, 9, 14, 30, 7, 123000, tzinfo=UTC)
    assert mapped("hubspot", [hubspot()]) == {"contact_id": "123", "new_status": "CONNECTED", "changed_by": "user"}


def test_each_change_of_hubspot_counts_by_itself() -> None:
    changes = [
        hubspot(subscriptionType="contact.creation", propertyName=None, eventId=None),
        hubspot(subscriptionType="contact.creation", propertyName=None, eventId=None, objectId=124),
        hubspot(propertyName="email"),
        hubspot(subscriptionType="deal.creation", propertyName=None),
        hubspot(objectTypeId="0-2", subscriptionType="object.creation", propertyName=None),
        hubspot(objectTypeId="0-1", subscriptionType="object.propertyChange", subscriptionId=None),
        7,
    ]
    found = reading("hubspot", post(changes))
    assert [draft.type for draft in found.drafts] == ["lead.generated", "lead.generated", "lead.status_changed"]
    assert len({draft.id for draft in found.drafts}) == 3
    assert found.ignored == (
        "contact.propertyChange email",
        "deal.creation",
        "object.creation",
        "a message without a type",
    )


def test_what_is_not_json_is_ignored() -> None:
    assert ignored("hubspot", b"") == ("a body that cannot be read as JSON",)
