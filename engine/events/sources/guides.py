"""What people read when they connect a platform: its name, where to click, and a body as it posts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """`signed_by` is what the platform calls its secret; `steps` say where to click; `sample` is a body of it."""

    label: str
    signed_by: str
    steps: tuple[str, ...]
    sample: bytes


GUIDES: Final[Mapping[str, Guide]] = {
    "retell": Guide(
        label="Retell AI",
        signed_by="API key with the webhook badge",
        steps=(
            "In the Retell dashboard open Settings → Webhooks, or an agent's Webhook Settings.",
            "Paste the address as the webhook URL.",
            "Choose call_started, call_analyzed, transfer_bridged and transfer_cancelled.",
            "Copy the API key with the webhook badge into the source as its secret.",
        ),
        sample=(
            b'{"event":"call_analyzed","call":{"call_id":"call_sample","agent_id":"agent_1","direction":"outbound"'
            b',"from_number":"+14155550100","to_number":"+14155550132","duration_ms":187000,"disconnection_reason"'
            b':"user_hangup","metadata":{"lead_id":"lead_48213"},"transcript":"Agent: Hi\\nUser: Yes","call_analysi'
            b's":{"user_sentiment":"Positive","in_voicemail":false,"call_summary":"Wants a visit."},"call_cost":{"'
            b'combined_cost":42.5}}}'
        ),
    ),
    "vapi": Guide(
        label="Vapi",
        signed_by="server secret",
        steps=(
            "In the Vapi dashboard open the assistant (or the phone number, or Organisation settings) → Server URL.",
            "Paste the address, and a secret of your own that you also enter here.",
            (
                "Under server messages choose status-update and end-of-call-report. Leave out tool-calls, "
                "assistant-request and transfer-destination-request: they want an answer that only your own server "
                "knows."
            ),
            "Set a backoff plan, or Vapi does not try again while this server is down.",
        ),
        sample=(
            b'{"message":{"type":"end-of-call-report","startedAt":"2025-09-09T14:27:00.120Z","endedAt":"2025-09-09'
            b'T14:30:07.120Z","endedReason":"customer-ended-call","cost":0.21,"call":{"id":"call_sample","type":"o'
            b'utboundPhoneCall","metadata":{"lead_id":"lead_48213"}},"customer":{"number":"+14155550132","name":"Z'
            b'oe Diaz"},"phoneNumber":{"number":"+14155550100"},"analysis":{"summary":"Wants a visit.","structured'
            b'Data":{"sentiment":"positive"}},"artifact":{"transcript":"AI: Hi"}}}'
        ),
    ),
    "bland": Guide(
        label="Bland AI",
        signed_by="webhook signing secret",
        steps=(
            "In the Bland portal open Account → Keys and create a webhook signing secret; enter it here.",
            (
                "Paste the address as the webhook of a pathway or number, or as `webhook` in the request that starts "
                "a call."
            ),
            "Pass `lead_id` in `metadata`, so that the events name the lead.",
        ),
        sample=(
            b'{"call_id":"call_sample","to":"+14155550132","from":"+14155550100","inbound":false,"call_length":3.1'
            b'2,"corrected_duration":"187","completed":true,"status":"completed","answered_by":"human","call_ended'
            b'_by":"USER","started_at":"2025-09-09T14:27:00Z","summary":"Wants a visit.","disposition_tag":"INTERE'
            b'STED","concatenated_transcript":"assistant: Hi","price":0.28,"variables":{"lead_id":"lead_48213"},"t'
            b'ransferred_to":null}'
        ),
    ),
    "elevenlabs": Guide(
        label="ElevenLabs Agents",
        signed_by="webhook secret",
        steps=(
            "In ElevenLabs open Agents → Settings → Post-call webhook and create a webhook with this address.",
            (
                "Choose the transcription and call initiation failure events; leave out audio, which is large and "
                "ignored."
            ),
            "Copy the secret that is shown once into the source.",
            "Turn retries on: without them nothing comes again while this server is down.",
        ),
        sample=(
            b'{"type":"post_call_transcription","event_timestamp":1757428215,"data":{"agent_id":"agent_9","convers'
            b'ation_id":"call_sample","transcript":[{"role":"user","message":"Yes","time_in_call_secs":3}],"metada'
            b'ta":{"start_time_unix_secs":1757428020,"call_duration_secs":187,"phone_call":{"type":"twilio","direc'
            b'tion":"outbound","agent_number":"+14155550100","external_number":"+14155550132","call_result":"answe'
            b'red"}},"analysis":{"call_successful":"success","transcript_summary":"Wants a visit."},"conversation_'
            b'initiation_client_data":{"dynamic_variables":{"lead_id":"lead_48213"}}}}'
        ),
    ),
    "synthflow": Guide(
        label="Synthflow",
        signed_by="webhook secret",
        steps=(
            "In Synthflow open the agent → Webhooks, and paste the address as the post-call webhook.",
            "Copy the webhook secret into the source. The signature covers the call's id alone, so use HTTPS.",
            "Leave the inbound webhook as it is: it wants an answer that only your own server knows.",
        ),
        sample=(
            b'{"status":"completed","lead":{"name":"Zoe Diaz","phone_number":"+14155550132","prompt_variables":{"l'
            b'ead_id":"lead_48213"}},"call":{"status":"completed","end_call_reason":"human_goodbye","call_id":"cal'
            b'l_sample","duration":187,"start_time":"2025-09-09T07:27:00-07:00","transcript":"bot: Hi"},"analysis"'
            b':{"user_sentiment":"positive","call_summary":"Wants a visit."}}'
        ),
    ),
    "twilio": Guide(
        label="Twilio",
        signed_by="Auth Token (or the secret of a shared key)",
        steps=(
            (
                "Calls: pass the address as StatusCallback when a call is made, with the events initiated, answered "
                "and completed; or enter it as “Call status changes” of a phone number."
            ),
            (
                "Messages: enter it as “A message comes in” of the number or messaging service, and as its status "
                "callback. Received messages are answered with an empty TwiML response, so that no reply is sent."
            ),
            "Event Streams: create a webhook sink with the address and subscribe to messaging events.",
            (
                "Copy the Auth Token from the console into the source. PUBLIC_URL has to be the address as Twilio "
                "calls it."
            ),
            "Append #rc=5&rp=all to the address, so that Twilio tries again while this server is down.",
        ),
        sample=(
            b"CallSid=call_sample&From=%2B14155550100&To=%2B14155550132&CallStatus=completed&Direction=outbound-ap"
            b"i&CallDuration=187&AnsweredBy=human&SequenceNumber=3&Timestamp=Tue%2C+09+Sep+2025+14%3A30%3A07+%2B00"
            b"00"
        ),
    ),
    "telnyx": Guide(
        label="Telnyx",
        signed_by="public key",
        steps=(
            (
                "In the Mission Control Portal open the Voice API application (or the messaging profile) and paste "
                "the address as its webhook URL, API version 2."
            ),
            "Copy the public key from Account → Keys & Credentials → Public Key into the source.",
            "Give a failover URL, or Telnyx gives up after three attempts while this server is down.",
        ),
        sample=(
            b'{"data":{"record_type":"event","event_type":"call.hangup","id":"sample","occurred_at":"2025-09-09T14'
            b':30:07.52Z","payload":{"call_control_id":"v3:x","call_session_id":"call_sample","client_state":"bGVh'
            b'ZF80ODIxMw==","direction":"outgoing","from":"+14155550100","to":"+14155550132","start_time":"2025-09'
            b'-09T14:27:00.12Z","hangup_cause":"normal_clearing"}},"meta":{"attempt":1}}'
        ),
    ),
    "vonage": Guide(
        label="Vonage",
        signed_by="signature secret",
        steps=(
            (
                "In the Vonage dashboard open Applications → your application → Voice, and paste the address as the "
                "event URL."
            ),
            "For messages paste it as the inbound URL under Messages.",
            (
                "Turn on “Use signed webhooks”, and copy the signature secret from Settings → API settings into the "
                "source."
            ),
            "Leave the answer URL as it is: it wants an NCCO that only your own server knows.",
        ),
        sample=(
            b'{"from":"14155550100","to":"14155550132","uuid":"call_sample","conversation_uuid":"CON-aa","status":'
            b'"completed","direction":"outbound","duration":"187","price":"0.0396","timestamp":"2025-09-09T14:30:0'
            b'7.300Z"}'
        ),
    ),
    "plivo": Guide(
        label="Plivo",
        signed_by="Auth Token",
        steps=(
            (
                "Calls: paste the address as the hangup URL of the application, and as the callback URL of outbound "
                "calls."
            ),
            "Messages: paste it as the message URL, and as the delivery report URL.",
            (
                "Copy the Auth Token from the console into the source. PUBLIC_URL has to be the address as Plivo "
                "calls it."
            ),
            "Leave the answer URL as it is: it wants XML that only your own server knows.",
        ),
        sample=(
            b"CallUUID=call_sample&From=14155550100&To=14155550132&Direction=outbound&CallStatus=completed&Event=H"
            b"angup&Duration=187&BillDuration=240&HangupCauseName=Normal+Hangup&EndTime=2025-09-09+14%3A30%3A07"
        ),
    ),
    "cal_com": Guide(
        label="Cal.com",
        signed_by="webhook secret",
        steps=(
            "In Cal.com open Settings → Developer → Webhooks → New, and paste the address as the subscriber URL.",
            (
                "Choose booking created, confirmed, rescheduled, cancelled and rejected; leave the payload template "
                "empty."
            ),
            "Enter a secret of your own there, and the same here.",
        ),
        sample=(
            b'{"triggerEvent":"BOOKING_CREATED","createdAt":"2025-09-09T14:31:00.000Z","payload":{"uid":"sample","'
            b'title":"Visit","startTime":"2025-09-12T16:00:00Z","endTime":"2025-09-12T16:30:00Z","status":"ACCEPTE'
            b'D","attendees":[{"name":"Zoe Diaz","email":"zoe@example.com","timeZone":"America/Los_Angeles"}],"res'
            b'ponses":{"attendeePhoneNumber":{"label":"phone","value":"+14155550132"}}}}'
        ),
    ),
    "calendly": Guide(
        label="Calendly",
        signed_by="signing key",
        steps=(
            (
                "Create a webhook subscription through Calendly's API (POST /webhook_subscriptions) with this "
                "address as its url."
            ),
            "Subscribe to invitee.created and invitee.canceled, and pass a signing_key of your own.",
            "Enter the same signing key here.",
        ),
        sample=(
            b'{"event":"invitee.created","created_at":"2025-09-09T14:31:00.000000Z","payload":{"uri":"https://api.'
            b'calendly.com/scheduled_events/E1/invitees/sample","name":"Zoe Diaz","email":"zoe@example.com","timez'
            b'one":"America/Los_Angeles","rescheduled":false,"old_invitee":null,"text_reminder_number":"+1 415-555'
            b'-0132","scheduled_event":{"name":"Visit","start_time":"2025-09-12T16:00:00.000000Z","end_time":"2025'
            b'-09-12T16:30:00.000000Z"}}}'
        ),
    ),
    "highlevel": Guide(
        label="HighLevel",
        signed_by="public key (only where it differs from the one that HighLevel publishes)",
        steps=(
            "In the HighLevel marketplace open your app → Advanced settings → Webhooks, and paste the address.",
            (
                "Choose AppointmentCreate, AppointmentUpdate, AppointmentDelete, InboundMessage, OutboundMessage, "
                "ContactCreate, OpportunityStatusUpdate and TaskCreate."
            ),
            "No secret is needed: HighLevel signs with a key that this server knows.",
        ),
        sample=(
            b'{"type":"InboundMessage","locationId":"loc1","contactId":"ghl_c8Qz1","messageId":"sample","messageTy'
            b'pe":"CALL","direction":"inbound","callDuration":187,"callStatus":"completed","from":"+14155550132","'
            b'to":"+14155550100","dateAdded":"2025-09-09T14:30:07.750Z"}'
        ),
    ),
    "hubspot": Guide(
        label="HubSpot",
        signed_by="client secret of the app",
        steps=(
            "In HubSpot open your private or public app → Webhooks, and paste the address as the target URL.",
            "Subscribe to contact creation, and to changes of the property hs_lead_status.",
            "Copy the app's client secret into the source. PUBLIC_URL has to be the address as HubSpot calls it.",
        ),
        sample=(
            b'[{"eventId":1,"subscriptionId":7,"portalId":62515,"occurredAt":1757428207123,"subscriptionType":"con'
            b'tact.propertyChange","attemptNumber":0,"objectId":123,"propertyName":"hs_lead_status","propertyValue'
            b'":"CONNECTED","changeSource":"CRM"}]'
        ),
    ),
    "generic": Guide(
        label="Anything else",
        signed_by="secret",
        steps=(
            "Post JSON to the address: an event, an array of them, or CloudEvents.",
            'The shape is {"type": "call.ended", "data": {…}}; with an id, a repeat is stored once.',
            "Sign as chosen here, or send the secret in a header.",
            "Anything of another shape, JSON or a form, becomes an event by a mapping: press Mapping above.",
        ),
        sample=b'{"type":"call.ended","data":{"call_id":"call_sample","phone_number":"+14155550132","call_duration":187}}',
    ),
}
"""By the key of the platform, in the order in which people choose."""
