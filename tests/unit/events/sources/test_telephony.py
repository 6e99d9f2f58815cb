"""What carriers say of calls and messages, in our types, fields and units; the bodies are shaped as documented."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.unit.events.sources.requests import URL, ignored, mapped, only, post, reading

NUMBERS = {"from_number": "+14155550100", "to_number": "+14155550132", "phone_number": "+14155550132"}
MOMENT = datetime(2025, 9, 9, 14, 30, 7, tzinfo=UTC)


def twilio(**form: str) -> str:
    known = {
        "CallSid": "CA31",
        "From": "+14155550100",
        "To": "+14155550132",
        "CallStatus": "completed",
        "Direction": "outbound-api",
        "CallDuration": "187",
        "AnsweredBy": "human",
        "SequenceNumber": "3",
        "Timestamp": "Tue, 09 Sep 2025 14:30:07 +0000",
    }
    return urlencode({name: value for name, value in (known | form).items() if value})


def test_a_call_of_twilio_ends() -> None:
    draft = only("twilio", twilio(Price="-0.03", PriceUnit="USD", RecordingUrl="https://example.com/r"))
    assert (draft.type, draft.id, draft.occurred_at) == ("call.ended", "twilio:CA31:completed:call.ended", MOMENT)
    assert draft.data["raw"]["SequenceNumber"] == "3"
    assert {name: value for name, value in draft.data.items() if name != "raw"} == {
        **NUMBERS,
        "direction": "outbound",
        "call_id": "CA31",
        "answered_by": "human",
        "call_duration": 187,
        "call_status": "completed",
        "recording_url": "https://example.com/r",
        "in_voicemail": False,
        "call_cost": 0.03,
    }


def test_a_get_of_twilio_says_the_same() -> None:
    draft = only("twilio", b"", url=f"{URL}?{twilio()}", method="GET")
    assert draft.id == "twilio:CA31:completed:call.ended"


@pytest.mark.parametrize(
    ("form", "type"),
    [
        ({"CallStatus": "initiated"}, "call.started"),
        ({"CallStatus": "ringing", "Direction": "inbound"}, "call.started"),
        ({"CallStatus": "in-progress"}, "call.answered"),
        ({"CallStatus": "no-answer", "AnsweredBy": ""}, "call.ended"),
    ],
)
def test_a_call_of_twilio_goes_its_way(form: dict[str, str], type: str) -> None:
    assert only("twilio", twilio(**form)).type == type


def test_a_call_to_a_machine_ended_in_its_voicemail() -> None:
    found = mapped("twilio", twilio(AnsweredBy="machine_end_beep", Price="1", PriceUnit="EUR"))
    assert (found["answered_by"], found["call_status"], found["in_voicemail"]) == ("machine", "voicemail", True)
    assert "call_cost" not in found


def test_where_a_caller_is() -> None:
    form = twilio(CallStatus="ringing", Direction="inbound", FromCity="Austin", FromCountry="US")
    found = mapped("twilio", form)
    assert (found["city"], found["country"], found["phone_number"]) == ("Austin", "US", "+14155550100")


@pytest.mark.parametrize(
    "moment", ["2025-09-09T14:30:07Z", "Tue, 09 Sep 2025 14:30:07 -0000", "Tue, 09 Sep 2025 14:30:07"]
)
def test_times_of_twilio(moment: str) -> None:
    assert only("twilio", twilio(Timestamp=moment)).occurred_at == MOMENT


def test_a_time_that_is_none_is_left_to_us() -> None:
    assert only("twilio", twilio(Timestamp="soon")).occurred_at is None
    assert only("twilio", twilio(Timestamp="")).occurred_at is None


def test_a_message_comes_in() -> None:
    form = {
        "MessageSid": "SM7",
        "SmsStatus": "received",
        "From": "+14155550132",
        "To": "+14155550100",
        "Body": "Yes please",
        "NumMedia": "0",
        "FromCity": "AUSTIN",
        "FromCountry": "US",
    }
    draft = only("twilio", urlencode(form))
    assert (draft.type, draft.id) == ("sms.received", "twilio:SM7:sms.received")
    assert mapped("twilio", urlencode(form)) == {
        "from_number": "+14155550132",
        "to_number": "+14155550100",
        "phone_number": "+14155550132",
        "message_id": "SM7",
        "body": "Yes please",
        "opt_out": False,
        "num_media": 0,
        "city": "AUSTIN",
        "country": "US",
    }
    assert mapped("twilio", urlencode(form | {"OptOutType": "STOP"}))["opt_out"] is True


def test_a_message_is_on_its_way() -> None:
    form = {"MessageSid": "SM7", "From": "+14155550100", "To": "+14155550132", "MessageStatus": "undelivered"}
    found = mapped("twilio", urlencode(form | {"ErrorCode": "30003", "NumSegments": "2"}))
    assert found == {
        **NUMBERS,
        "message_id": "SM7",
        "message_status": "undelivered",
        "segments": 2,
        "error_code": "30003",
    }
    ids = {only("twilio", urlencode(form | {"MessageStatus": status})).id for status in ("queued", "sent", "delivered")}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("kind", "data", "type"),
    [
        ("messaging.message.delivered", {"messageSid": "SM7", "to": "+14155550132"}, "sms.sent"),
        ("messaging.inbound-message.received", {"messageSid": "SM7", "from": "+14155550132"}, "sms.received"),
        (
            "voice.status-callback.call.completed",
            {"CallSid": "CA31", "CallStatus": "completed", "CallDuration": 9},
            "call.ended",
        ),
    ],
)
def test_event_streams_say_the_same_in_another_form(kind: str, data: dict[str, Any], type: str) -> None:
    event = {"specversion": "1.0", "type": f"com.twilio.{kind}", "time": "2025-09-09T14:30:07Z", "data": data}
    draft = only("twilio", [event])
    assert (draft.type, draft.occurred_at, draft.data["raw"]) == (type, MOMENT, event)


def test_other_requests_of_twilio_are_ignored() -> None:
    assert ignored("twilio", twilio(CallStatus="ringing")) == ("CallStatus ringing",)
    assert ignored("twilio", urlencode({"RecordingStatus": "completed"})) == ("RecordingStatus completed",)
    assert ignored("twilio", "") == ("a request without a status",)
    assert ignored("twilio", b"[") == ("a body that cannot be read as JSON",)
    events = [{"type": "com.twilio.video.x", "data": {}}, {"type": "com.twilio.video.x"}, {"type": "x"}, 1]
    names = ("com.twilio.video.x", "com.twilio.video.x", "x", "a message without a type")
    assert ignored("twilio", events) == names
    assert ignored("twilio", {"type": "com.twilio.voice.x", "data": {}}) == ("com.twilio.voice.x",)


def telnyx(kind: str = "call.hangup", **payload: Any) -> dict[str, Any]:
    known = {
        "call_control_id": "v3:x",
        "call_session_id": "s1",
        "client_state": "bGVhZF80ODIxMw==",
        "direction": "outgoing",
        "from": "+14155550100",
        "to": "+14155550132",
        "start_time": "2025-09-09T14:27:00.12Z",
        "hangup_cause": "normal_clearing",
    }
    data = {"event_type": kind, "id": "0c-1", "occurred_at": "2025-09-09T14:30:07.52Z", "payload": known | payload}
    return {"data": data, "meta": {"attempt": 1}}


def test_a_call_of_telnyx_ends() -> None:
    draft = only("telnyx", telnyx())
    assert (draft.type, draft.id) == ("call.ended", "telnyx:0c-1:call.ended")
    assert mapped("telnyx", telnyx()) == {
        **NUMBERS,
        "lead_id": "lead_48213",
        "direction": "outbound",
        "call_id": "s1",
        "call_duration": 187,
        "call_status": "completed",
    }


@pytest.mark.parametrize(
    ("cause", "status", "ours"),
    [
        ("user_busy", "busy", "dial_busy"),
        ("timeout", "no_answer", "dial_no_answer"),
        ("unspecified", "failed", None),
        (None, None, None),
    ],
)
def test_why_a_call_of_telnyx_ended(cause: str | None, status: str | None, ours: str | None) -> None:
    found = mapped("telnyx", telnyx(hangup_cause=cause, start_time=None))
    assert (found.get("call_status"), found.get("disconnection_reason")) == (status, ours)
    assert "call_duration" not in found


@pytest.mark.parametrize("state", [None, "", "%%", "/w==", "e30=", "YSBi"])
def test_a_state_that_is_no_id_is_no_lead(state: str | None) -> None:
    assert "lead_id" not in mapped("telnyx", telnyx(client_state=state))


@pytest.mark.parametrize(("kind", "type"), [("call.initiated", "call.started"), ("call.answered", "call.answered")])
def test_a_call_of_telnyx_goes_its_way(kind: str, type: str) -> None:
    assert only("telnyx", telnyx(kind)).type == type


def test_messages_of_telnyx() -> None:
    payload = {
        "id": "m1",
        "from": {"phone_number": "+14155550100"},
        "to": [{"phone_number": "+14155550132", "status": "delivery_failed"}],
        "text": "Hi",
        "parts": 1,
        "media": [{"url": "x"}],
        "errors": [{"code": "40300"}],
    }
    assert mapped("telnyx", telnyx("message.finalized", **payload)) == {
        **NUMBERS,
        "message_id": "m1",
        "body": "Hi",
        "message_status": "undelivered",
        "segments": 1,
        "error_code": "40300",
    }
    found = mapped("telnyx", telnyx("message.received", **payload))
    assert (found["phone_number"], found["num_media"]) == ("+14155550100", 1)


def test_other_messages_of_telnyx_are_ignored() -> None:
    assert ignored("telnyx", telnyx("call.machine.detection.ended")) == ("call.machine.detection.ended",)
    assert ignored("telnyx", b"") == ("a body that cannot be read as JSON",)


def vonage(**fields: Any) -> dict[str, Any]:
    known = {
        "from": "14155550100",
        "to": "14155550132",
        "uuid": "aa-1",
        "status": "completed",
        "direction": "outbound",
        "duration": "187",
        "price": "0.0396",
        "timestamp": "2025-09-09T14:30:07Z",
    }
    return known | fields


def test_a_call_of_vonage_ends() -> None:
    draft = only("vonage", vonage())
    assert (draft.type, draft.id, draft.occurred_at) == ("call.ended", "vonage:aa-1:completed:call.ended", MOMENT)
    assert mapped("vonage", vonage()) == {
        **NUMBERS,
        "direction": "outbound",
        "call_id": "aa-1",
        "call_duration": 187,
        "call_status": "completed",
    }


def test_a_get_of_vonage_says_the_same() -> None:
    draft = only("vonage", b"", url=f"{URL}?{urlencode(vonage(status='busy'))}", method="GET")
    assert (draft.data["call_status"], draft.data["disconnection_reason"]) == ("busy", "dial_busy")


def test_a_call_of_vonage_starts_once() -> None:
    started, ringing = (only("vonage", vonage(status=status)) for status in ("started", "ringing"))
    assert (started.type, started.id) == (ringing.type, ringing.id)
    assert started.type == "call.started"
    assert only("vonage", vonage(status="answered")).type == "call.answered"


def test_messages_of_vonage() -> None:
    body = {
        "message_uuid": "m1",
        "channel": "sms",
        "from": "14155550132",
        "to": "14155550100",
        "text": "Yes",
        "timestamp": "2025-09-09T14:30:07Z",
    }
    draft = only("vonage", body)
    assert (draft.type, draft.data["phone_number"]) == ("sms.received", "+14155550132")
    assert ignored("vonage", body | {"channel": "whatsapp"}) == ("message whatsapp",)
    assert ignored("vonage", body | {"status": "delivered"}) == ("message delivered",)


def test_other_requests_of_vonage_are_ignored() -> None:
    assert ignored("vonage", vonage(status="machine")) == ("machine",)
    assert ignored("vonage", b"x") == ("a body that cannot be read as JSON",)


def plivo(**form: Any) -> dict[str, Any]:
    known = {
        "CallUUID": "p-1",
        "From": "14155550100",
        "To": "14155550132",
        "Direction": "outbound",
        "CallStatus": "completed",
        "Event": "Hangup",
        "Duration": "187",
        "BillDuration": "240",
        "Machine": "false",
        "TotalCost": "0.012",
    }
    return known | form


def test_a_call_of_plivo_ends() -> None:
    draft = only("plivo", urlencode(plivo()))
    assert (draft.type, draft.id, draft.occurred_at) == ("call.ended", "plivo:p-1:completed:call.ended", None)
    assert mapped("plivo", urlencode(plivo())) == {
        **NUMBERS,
        "direction": "outbound",
        "call_id": "p-1",
        "answered_by": "human",
        "call_duration": 187,
        "call_status": "completed",
        "call_cost": 0.012,
    }


@pytest.mark.parametrize(
    ("form", "type"),
    [
        ({"CallStatus": "in-progress", "Event": "StartApp"}, "call.answered"),
        ({"CallStatus": "ringing", "Event": "Ring"}, "call.started"),
    ],
)
def test_a_call_of_plivo_goes_its_way(form: dict[str, str], type: str) -> None:
    assert only("plivo", plivo(**form)).type == type


def test_messages_of_plivo() -> None:
    known = {"MessageUUID": "m1", "From": "14155550132", "To": "14155550100"}
    received = only("plivo", urlencode(known | {"Text": "Yes"}))
    assert (received.type, received.data["phone_number"]) == ("sms.received", "+14155550132")
    sent = only("plivo", urlencode(known | {"Status": "failed", "ErrorCode": "200", "Units": "1"}))
    assert (sent.type, sent.data["phone_number"]) == ("sms.sent", "+14155550100")
    assert (sent.data["message_status"], sent.data["error_code"], sent.data["segments"]) == ("failed", "200", 1)
    assert ignored("plivo", urlencode(known | {"Status": "odd"})) == ("message odd",)
    assert ignored("plivo", urlencode(known)) == ("message None",)


def test_other_requests_of_plivo_are_ignored() -> None:
    assert ignored("plivo", urlencode(plivo(Event="DialAction"))) == ("DialAction",)
    assert ignored("plivo", b"") == ("a message without a type",)


def test_a_form_with_more_fields_than_anybody_sends_has_none() -> None:
    assert ignored("plivo", "&".join(f"a{place}=1" for place in range(2_001))) == ("a message without a type",)
    assert reading("plivo", post("CallUUID=p-1&CallStatus=busy")).drafts
