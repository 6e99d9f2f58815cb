"""What platforms of voice agents say, in our types, fields and units; the bodies are shaped as they document them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.events.sources.requests import ignored, mapped, only, post, reading

NUMBERS = {"from_number": "+14155550100", "to_number": "+14155550132", "phone_number": "+14155550132"}


def retell(event: str = "call_analyzed", **call: Any) -> dict[str, Any]:
    known = {
        "call_id": "call_7be1",
        "agent_id": "agent_9",
        "agent_name": "Ada",
        "direction": "outbound",
        "from_number": "+14155550100",
        "to_number": "+14155550132",
        "start_timestamp": 1757428020123,
        "end_timestamp": 1757428207123,
        "duration_ms": 187400,
        "disconnection_reason": "user_hangup",
        "metadata": {"lead_id": "lead_48213"},
        "retell_llm_dynamic_variables": {"customer_name": "Zoë Díaz Luna"},
        "transcript": "Agent: Hi\nUser: Yes",
        "transcript_object": [{"role": "user", "content": "Yes", "words": [{"word": "Yes", "start": 1.2}]}],
        "recording_url": "https://example.com/a.wav",
        "call_analysis": {
            "user_sentiment": "Positive",
            "in_voicemail": False,
            "call_summary": "Wants a visit.",
            "custom_analysis_data": {"lead_score": "81", "appointment_booked": True, "sentiment": "negative"},
        },
        "call_cost": {"combined_cost": 42.5},
    }
    return {"event": event, "call": known | call}


def test_a_call_of_retell_ends_when_it_is_analyzed() -> None:
    draft = only("retell", retell())
    assert draft.type == "call.ended"
    assert draft.id == "retell:call_7be1:call.ended"
    assert draft.occurred_at == datetime(2025, 9, 9, 14, 30, 7, 123000, tzinfo=UTC)
    assert {name: value for name, value in draft.data.items() if name != "raw"} == {
        **NUMBERS,
        "lead_id": "lead_48213",
        "first_name": "Zoë",
        "last_name": "Díaz Luna",
        "direction": "outbound",
        "call_id": "call_7be1",
        "agent_id": "agent_9",
        "agent_name": "Ada",
        "call_duration": 187,
        "call_status": "completed",
        "disconnection_reason": "user_hangup",
        "sentiment": "positive",
        "summary": "Wants a visit.",
        "transcript": "Agent: Hi\nUser: Yes",
        "recording_url": "https://example.com/a.wav",
        "in_voicemail": False,
        "call_cost": 0.425,
        "lead_score": 81,
        "appointment_booked": True,
    }


def test_what_retell_said_is_kept_whole_but_for_its_word_lists() -> None:
    raw = only("retell", retell()).data["raw"]
    assert raw["call"]["call_analysis"]["custom_analysis_data"]["lead_score"] == "81"
    assert raw["call"]["transcript_object"] == [{"role": "user", "content": "Yes"}]


@pytest.mark.parametrize(
    ("reason", "status", "ours"),
    [
        ("agent_hangup", "completed", "agent_hangup"),
        ("ivr_reached", "voicemail", "voicemail_reached"),
        ("dial_busy", "busy", "dial_busy"),
        ("dial_no_answer", "no_answer", "dial_no_answer"),
        ("invalid_destination", "failed", "dial_failed"),
        ("user_declined", "failed", None),
        ("error_llm_websocket_open", "failed", "error"),
        ("max_duration_reached", "completed", None),
        (None, None, None),
    ],
)
def test_why_a_call_of_retell_ended(reason: str | None, status: str | None, ours: str | None) -> None:
    found = mapped("retell", retell(disconnection_reason=reason))
    assert (found.get("call_status"), found.get("disconnection_reason")) == (status, ours)


def test_an_inbound_call_is_the_callers() -> None:
    found = mapped("retell", retell(direction="inbound", call_cost=None, call_analysis=None))
    assert found["phone_number"] == "+14155550100"
    assert "call_cost" not in found
    assert "sentiment" not in found


def test_a_call_of_retell_starts_and_is_transferred() -> None:
    assert only("retell", retell("call_started")).type == "call.started"
    body = retell("transfer_bridged") | {
        "transfer_destination": {"number": "+1 415 555 0199"},
        "transfer_option": {"type": "warm_transfer"},
    }
    draft = only("retell", body)
    assert draft.type == "call.transferred"
    assert draft.data["transfer_to"] == "+14155550199"
    assert draft.data["transfer_type"] == "warm"
    assert mapped("retell", retell("transfer_cancelled"))["transfer_status"] == "cancelled"


def test_what_retell_says_twice_or_we_do_not_know_is_ignored() -> None:
    assert ignored("retell", retell("call_ended")) == ("call_ended: call_analyzed brings the call complete",)
    assert ignored("retell", retell("transcript_updated")) == ("transcript_updated",)
    assert ignored("retell", b"{") == ("a body that cannot be read as JSON",)


def vapi(**message: Any) -> dict[str, Any]:
    known = {
        "type": "end-of-call-report",
        "startedAt": "2025-09-09T14:27:00.120Z",
        "endedAt": "2025-09-09T14:30:07.120Z",
        "endedReason": "customer-ended-call",
        "cost": 0.21,
        "call": {"id": "019a-11", "type": "outboundPhoneCall"},
        "customer": {"number": "+14155550132", "name": "Zoë"},
        "phoneNumber": {"number": "+14155550100"},
        "assistant": {"id": "as_1", "name": "Ada"},
        "analysis": {"summary": "Wants a visit.", "structuredData": {"sentiment": "Positive"}},
        "artifact": {
            "transcript": "AI: Hi",
            "structuredOutputs": {"u-1": {"name": "lead_score", "result": 81}, "u-2": {"result": 1}},
        },
    }
    return {"message": known | message}


def test_a_call_of_vapi_ends_with_its_report() -> None:
    draft = only("vapi", vapi())
    assert (draft.type, draft.id) == ("call.ended", "vapi:019a-11:call.ended")
    assert draft.occurred_at == datetime(2025, 9, 9, 14, 30, 7, 120000, tzinfo=UTC)
    assert mapped("vapi", vapi()) == {
        **NUMBERS,
        "first_name": "Zoë",
        "direction": "outbound",
        "call_id": "019a-11",
        "agent_id": "as_1",
        "agent_name": "Ada",
        "call_duration": 187,
        "call_status": "completed",
        "disconnection_reason": "user_hangup",
        "sentiment": "positive",
        "lead_score": 81,
        "summary": "Wants a visit.",
        "transcript": "AI: Hi",
        "call_cost": 0.21,
    }


@pytest.mark.parametrize(
    ("reason", "status", "ours"),
    [
        ("customer-busy", "busy", "dial_busy"),
        ("customer-did-not-answer", "no_answer", "dial_no_answer"),
        ("voicemail", "voicemail", "voicemail_reached"),
        ("pipeline-error-openai-llm-failed", "failed", "error"),
        ("silence-timed-out", "completed", None),
        (None, None, None),
    ],
)
def test_why_a_call_of_vapi_ended(reason: str | None, status: str | None, ours: str | None) -> None:
    found = mapped("vapi", vapi(endedReason=reason, startedAt=None))
    assert (found.get("call_status"), found.get("disconnection_reason")) == (status, ours)
    assert found.get("in_voicemail") is (True if reason == "voicemail" else None)
    assert "call_duration" not in found


def test_a_call_of_vapi_starts_when_it_is_answered() -> None:
    body = vapi(type="status-update", status="in-progress", timestamp=1757428020123)
    found = reading("vapi", post(body))
    assert [draft.type for draft in found.drafts] == ["call.started", "call.answered"]
    assert len({draft.id for draft in found.drafts}) == 2


def test_an_inbound_call_of_vapi_is_the_customers() -> None:
    call = {"id": "019a-11", "type": "inboundPhoneCall", "metadata": {"first_name": "Ann"}}
    body = vapi(type="status-update", status="forwarding", call=call, destination={"number": "+14155550199"})
    assert only("vapi", body).type == "call.transferred"
    found = mapped("vapi", body)
    assert found["from_number"] == found["phone_number"] == "+14155550132"
    assert found["first_name"] == "Ann"
    assert found["transfer_to"] == "+14155550199"


def test_other_messages_of_vapi_are_ignored() -> None:
    assert ignored("vapi", vapi(type="status-update", status="queued")) == ("status-update: queued",)
    assert ignored("vapi", vapi(type="tool-calls")) == ("tool-calls",)
    assert ignored("vapi", vapi(type=None)) == ("a message without a type",)
    assert ignored("vapi", b"") == ("a body that cannot be read as JSON",)


def bland(**call: Any) -> dict[str, Any]:
    known = {
        "call_id": "b1f0",
        "to": "+14155550132",
        "from": "+14155550100",
        "inbound": False,
        "call_length": 3.12,
        "corrected_duration": "187",
        "status": "completed",
        "answered_by": "human",
        "call_ended_by": "USER",
        "started_at": "2025-09-09T14:27:00Z",
        "summary": "Wants a visit.",
        "disposition_tag": "INTERESTED",
        "concatenated_transcript": "assistant: Hi",
        "price": 0.28,
        "variables": {"lead_id": "lead_48213"},
        "transferred_to": None,
    }
    return known | call


def test_a_call_of_bland_ends() -> None:
    draft = only("bland", bland())
    assert (draft.type, draft.id, draft.occurred_at) == ("call.ended", "bland:b1f0:call.ended", None)
    assert mapped("bland", bland()) == {
        **NUMBERS,
        "lead_id": "lead_48213",
        "direction": "outbound",
        "call_id": "b1f0",
        "answered_by": "human",
        "call_duration": 187,
        "call_status": "completed",
        "disconnection_reason": "user_hangup",
        "disposition": "INTERESTED",
        "summary": "Wants a visit.",
        "transcript": "assistant: Hi",
        "in_voicemail": False,
        "call_cost": 0.28,
    }


def test_bland_counts_minutes_unless_it_corrects_them() -> None:
    assert mapped("bland", bland(corrected_duration=None))["call_duration"] == 187


@pytest.mark.parametrize(
    ("answered_by", "status", "machine"),
    [("voicemail", "voicemail", "machine"), ("no-answer", "no_answer", None), (None, "completed", None)],
)
def test_who_answered_a_call_of_bland(answered_by: str | None, status: str, machine: str | None) -> None:
    found = mapped("bland", bland(answered_by=answered_by, end_at="2025-09-09T14:30:07Z"))
    assert (found["call_status"], found.get("answered_by")) == (status, machine)


def test_a_transferred_call_of_bland_is_two_events() -> None:
    found = reading("bland", post(bland(transferred_to="+14155550199", inbound=True)))
    assert [draft.type for draft in found.drafts] == ["call.ended", "call.transferred"]
    assert found.drafts[1].data["transfer_to"] == "+14155550199"
    assert found.drafts[1].data["phone_number"] == "+14155550100"


def test_other_bodies_of_bland_are_ignored() -> None:
    assert ignored("bland", {"message": "ping"}) == ("a body without call_id",)
    assert ignored("bland", b"ping") == ("a body that cannot be read as JSON",)


def elevenlabs(**data: Any) -> dict[str, Any]:
    known = {
        "agent_id": "agent_9",
        "conversation_id": "conv_31",
        "transcript": [{"role": "agent", "message": None}, {"role": "user", "message": "Yes"}, {"message": "Hm"}],
        "metadata": {
            "call_duration_secs": 187,
            "phone_call": {
                "direction": "outbound",
                "agent_number": "+14155550100",
                "external_number": "+14155550132",
                "call_result": "answered",
            },
        },
        "analysis": {
            "transcript_summary": "Wants a visit.",
            "data_collection_results": {"lead_score": {"value": 81}},
        },
        "conversation_initiation_client_data": {"dynamic_variables": {"lead_id": "lead_48213"}},
    }
    return {"type": "post_call_transcription", "event_timestamp": 1757428215, "data": known | data}


def test_a_conversation_of_elevenlabs_ends() -> None:
    draft = only("elevenlabs", elevenlabs())
    assert draft.id == "elevenlabs:post_call_transcription:conv_31:call.ended"
    assert draft.occurred_at == datetime(2025, 9, 9, 14, 30, 15, tzinfo=UTC)
    assert mapped("elevenlabs", elevenlabs()) == {
        **NUMBERS,
        "lead_id": "lead_48213",
        "direction": "outbound",
        "call_id": "conv_31",
        "agent_id": "agent_9",
        "call_duration": 187,
        "call_status": "completed",
        "in_voicemail": False,
        "lead_score": 81,
        "summary": "Wants a visit.",
        "transcript": "user: Yes\nunknown: Hm",
    }


def test_a_conversation_without_a_phone_has_no_numbers() -> None:
    found = mapped("elevenlabs", elevenlabs(metadata={"call_duration_secs": 1}, transcript=None))
    assert (found["call_status"], found["call_duration"]) == ("completed", 1)
    assert found.keys().isdisjoint({"phone_number", "in_voicemail", "transcript"})


def test_an_inbound_conversation_is_the_outside_numbers() -> None:
    call = {"direction": "inbound", "agent_number": "+14155550100", "external_number": "+14155550132"}
    found = mapped("elevenlabs", elevenlabs(metadata={"phone_call": call}))
    assert found["from_number"] == found["phone_number"] == "+14155550132"


@pytest.mark.parametrize(
    ("reason", "status", "ours"),
    [("busy", "busy", "dial_busy"), ("no-answer", "no_answer", "dial_no_answer"), (None, "failed", "dial_failed")],
)
def test_a_call_that_elevenlabs_could_not_make_has_ended(reason: str | None, status: str, ours: str) -> None:
    data = {
        "conversation_id": "conv_31",
        "failure_reason": reason,
        "metadata": {"type": "twilio", "body": {"From": "+14155550100", "To": "+14155550132"}},
    }
    found = mapped("elevenlabs", {"type": "call_initiation_failure", "data": data})
    assert (found["call_status"], found["disconnection_reason"]) == (status, ours)
    assert found["phone_number"] == "+14155550132"


def test_recordings_of_elevenlabs_are_ignored() -> None:
    assert ignored("elevenlabs", {"type": "post_call_audio", "data": {"full_audio": "AAAA"}}) == ("post_call_audio",)
    assert ignored("elevenlabs", b"[") == ("a body that cannot be read as JSON",)


def synthflow(**call: Any) -> dict[str, Any]:
    known = {
        "status": "completed",
        "end_call_reason": "human_goodbye",
        "call_id": "c-77",
        "model_id": "m-1",
        "duration": 187,
        "transcript": "bot: Hi",
    }
    return {
        "lead": {
            "name": "Zoë Díaz",
            "phone_number": "+1 (415) 555-0132",
            "prompt_variables": {"lead_id": "lead_48213"},
        },
        "call": known | call,
        "analysis": {"user_sentiment": "true", "call_summary": "Wants a visit."},
        "executed_actions": {"score": {"return_value": {"lead_score": 81, "sentiment": "positive"}}, "x": None},
    }


def test_a_call_of_synthflow_ends() -> None:
    draft = only("synthflow", synthflow())
    assert (draft.type, draft.id) == ("call.ended", "synthflow:c-77:call.ended")
    assert mapped("synthflow", synthflow()) == {
        "phone_number": "+14155550132",
        "lead_id": "lead_48213",
        "first_name": "Zoë",
        "last_name": "Díaz",
        "call_id": "c-77",
        "agent_id": "m-1",
        "call_duration": 187,
        "call_status": "completed",
        "disconnection_reason": "user_hangup",
        "sentiment": "positive",
        "lead_score": 81,
        "summary": "Wants a visit.",
        "transcript": "bot: Hi",
        "in_voicemail": False,
    }


def test_a_call_of_synthflow_that_a_machine_took() -> None:
    body = synthflow(status="left_voicemail", end_call_reason="voicemail")
    body["analysis"]["user_sentiment"] = "Negative"
    body["lead"]["prompt_variables"] = {"first_name": "Zo", "last_name": "D"}
    found = mapped("synthflow", body)
    assert (found["call_status"], found["in_voicemail"]) == ("voicemail", True)
    assert (found["sentiment"], found["first_name"]) == ("negative", "Zo")
    assert "in_voicemail" not in mapped("synthflow", synthflow(status="?"))


def test_other_bodies_of_synthflow_are_ignored() -> None:
    assert ignored("synthflow", {"call": {}}) == ("a body without call_id",)
    assert ignored("synthflow", b"x") == ("a body that cannot be read as JSON",)
